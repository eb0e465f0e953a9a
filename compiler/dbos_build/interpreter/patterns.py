"""Match patterns: what their captures hold.

In: a pattern and the value it is matched against. Out: the captured names bound in a frame; a class
pattern types what it captures. Never does: decide whether a pattern matches.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.constructing import fields
from dbos_build.interpreter.machine import Frame, Machine
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.targets import bind_name
from dbos_build.interpreter.values import (
    InstanceRef,
    Value,
    elements,
    instance,
    sequence,
    unknown,
)
from dbos_build.names.symbols import Assigned, Class


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
    """The attributes a class pattern looks at; those without a name by the order of the fields."""
    subject = _narrowed(machine, pattern, subject, frame)
    for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        bind_pattern(machine, inner, machine.attribute(pattern, subject, name, frame), frame)
    names = _places(machine, subject)
    for place, inner in enumerate(pattern.patterns):
        part = unknown("positional part")
        if place < len(names):
            part = machine.attribute(pattern, subject, names[place], frame)
        elif len(pattern.patterns) == 1 and not names:
            # `case int(x)`, `case str(x)`: the whole.
            part = subject.join(part)
        bind_pattern(machine, inner, part, frame)


def _narrowed(machine: Machine, pattern: ast.MatchClass, subject: Value, frame: Frame) -> Value:
    """What a subject may be when a class pattern matches it."""
    wanted = annotated(machine, pattern.cls, frame)
    owners = {atom.owner for atom in wanted.atoms if isinstance(atom, InstanceRef)}
    fitting = ordered(
        atom
        for atom in subject.atoms
        if isinstance(atom, InstanceRef) and owners.intersection(machine.mro(atom.owner))
    )
    if fitting:
        return Value(fitting, subject.taints)
    return wanted.tainted(subject.taints) if owners else subject


def _places(machine: Machine, subject: Value) -> list[str]:
    """The names behind the positions of a class pattern: `__match_args__`, else the fields."""
    for atom in subject.atoms:
        if isinstance(atom, InstanceRef):
            order = machine.mro(atom.owner)
            given = _match_arguments(order)
            return given if given is not None else [name for _, name, _ in fields(order)]
    return []


def _match_arguments(order: tuple[Class | str, ...]) -> list[str] | None:
    """The texts of `__match_args__ = ("x", "y")`."""
    for owner in order:
        for binding in owner.bindings.get("__match_args__", ()) if isinstance(owner, Class) else ():
            if isinstance(binding, Assigned) and isinstance(binding.value, ast.Tuple):
                parts = binding.value.elts
                return [str(p.value) for p in parts if isinstance(p, ast.Constant)]
    return None
