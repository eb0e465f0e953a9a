"""Match patterns: what their captures hold.

In: a pattern and the value it is matched against. Out: the captured names bound in a frame; a class
pattern types what it captures. Never does: decide whether a pattern matches.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.machine import Frame, Machine
from dbos_build.interpreter.targets import bind_name
from dbos_build.interpreter.values import Value, elements, instance, sequence, unknown


def bind_pattern(machine: Machine, pattern: ast.pattern, subject: Value, frame: Frame) -> None:
    """Bind the captures of a pattern of any form."""
    match pattern:
        case ast.MatchAs():
            _capture(machine, pattern, subject, frame)
        case ast.MatchOr() | ast.MatchSequence():
            inside = subject
            if isinstance(pattern, ast.MatchSequence):
                inside = elements(subject).join(unknown("element"))
            for inner in pattern.patterns:
                bind_pattern(machine, inner, inside, frame)
        case ast.MatchStar(name=str(name)):
            bind_name(machine, name, sequence("list", None, elements(subject)), frame, pattern)
        case ast.MatchMapping():
            for inner in pattern.patterns:
                bind_pattern(machine, inner, unknown("item"), frame)
            if pattern.rest is not None:
                bind_name(machine, pattern.rest, instance("builtins.dict"), frame, pattern)
        case ast.MatchClass():
            _parts(machine, pattern, subject, frame)


def _capture(machine: Machine, pattern: ast.MatchAs, subject: Value, frame: Frame) -> None:
    """`case Box() as name`: a Box, when nothing better is known."""
    value = subject
    if isinstance(pattern.pattern, ast.MatchClass) and subject.is_unknown:
        typed = annotated(machine, pattern.pattern.cls, frame)
        value = typed.tainted(subject.taints) if typed.atoms else subject
    if pattern.name is not None:
        bind_name(machine, pattern.name, value, frame, pattern)
    if pattern.pattern is not None:
        bind_pattern(machine, pattern.pattern, subject, frame)


def _parts(machine: Machine, pattern: ast.MatchClass, subject: Value, frame: Frame) -> None:
    """The attributes a class pattern looks at."""
    for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        bind_pattern(machine, inner, machine.attribute(pattern, subject, name, frame), frame)
    for inner in pattern.patterns:
        bind_pattern(machine, inner, unknown("positional part"), frame)
