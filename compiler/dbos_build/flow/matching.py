"""Matching: what is drawn for `match`.

In: a walk and a `match` statement. Out: one decision per case, and what its pattern binds.
Never: shows the names that a pattern binds in a term.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from dbos_build.flow import folding, members
from dbos_build.flow.blocks import Block
from dbos_build.flow.expressions import draws
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import Walk
from dbos_build.names.forms import constant


@dataclass(slots=True)
class _Pattern:
    """A pattern: its form without names, the names it binds, and the values it compares with."""

    names: list[str] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    def form(self, walk: Walk, node: ast.pattern) -> str:
        """The form of a pattern."""
        match node:
            case ast.MatchValue(value=value):
                return self._value(walk, value)
            case ast.MatchSingleton(value=value):
                return constant(value)
            case ast.MatchAs(pattern=inner, name=name):
                return self._bound(name) + ("" if inner is None else self.form(walk, inner))
            case ast.MatchStar(name=name):
                return "*" + self._bound(name)
            case ast.MatchOr(patterns=several):
                return "|".join(self.form(walk, each) for each in several)
            case ast.MatchSequence(patterns=several):
                return "[" + ",".join(self.form(walk, each) for each in several) + "]"
            case ast.MatchMapping(keys=keys, patterns=several, rest=rest):
                pairs = zip(keys, several, strict=True)
                shown = [self._value(walk, key) + ":" + self.form(walk, one) for key, one in pairs]
                return "{" + ",".join([*shown, "**" + self._bound(rest) if rest else ""]) + "}"
            case ast.MatchClass():
                return self._class(walk, node)
        return type(node).__name__

    def _class(self, walk: Walk, node: ast.MatchClass) -> str:
        shown = [self.form(walk, each) for each in node.patterns]
        pairs = zip(node.kwd_attrs, node.kwd_patterns, strict=True)
        shown += [f"{name}=" + self.form(walk, each) for name, each in pairs]
        return self._value(walk, node.cls) + "(" + ",".join(shown) + ")"

    def _bound(self, name: str | None) -> str:
        if name is None:
            return "_"
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name)}"

    def _value(self, walk: Walk, node: ast.expr) -> str:
        self.parts.append(walk.now(walk.value(node)))
        return "="


def match(walk: Walk, node: ast.stmt) -> None:
    """A `match` statement."""
    assert isinstance(node, ast.Match)
    subject = walk.now(walk.value(node.subject))
    bodies = [statement for case in node.cases for statement in case.body]
    guards = [case.guard for case in node.cases if case.guard is not None]
    is_plain = folding.is_plain(walk, bodies) and not folding.jumps(bodies)
    if is_plain and not draws(walk, *guards):
        _folded(walk, node.cases, subject)
        return
    ends = []
    for case in node.cases:
        if walk.here is None:
            break
        shown = f"{one_line(node.subject)} is {one_line(case.pattern)}"
        condition, bound = _fitting(walk, case, subject)
        others: list[Block | None] = []
        if draws(walk, case.guard):
            if condition is not None:
                walk.here, other = walk.split("branch", case.pattern, shown, condition)
                others.append(other)
            _bind(walk, bound)
            condition = _guard(walk, case.guard)
        elif case.guard is not None:
            condition = _guarded(walk, case.guard, condition, bound)
        if condition is not None:
            walk.here, other = walk.split("branch", case.pattern, shown, condition)
            others.append(other)
        _bind(walk, bound)
        walk.run(case.body)
        ends.append(walk.here)
        walk.meet(*others)
    walk.meet(walk.here, *ends)


def _folded(walk: Walk, cases: list[ast.match_case], subject: int) -> int:
    """Cases without operations: choices between what they assign."""
    if not cases:
        return subject
    case, *others = cases
    condition, bound = _fitting(walk, case, subject)
    if case.guard is not None:
        condition = _guarded(walk, case.guard, condition, bound)

    def follow() -> int:
        _bind(walk, bound)
        walk.run(case.body)
        return subject

    if condition is None:
        return follow()
    return folding.fork(walk, condition, follow, lambda: _folded(walk, others, subject))


_Bound = Mapping[str, int]


def _fitting(walk: Walk, case: ast.match_case, subject: int) -> tuple[int | None, _Bound]:
    """Whether the pattern of a case fits, and what it binds; None when it always does."""
    pattern = _Pattern()
    form = pattern.form(walk, case.pattern)
    if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
        return None, dict.fromkeys(pattern.names, subject)
    fits = walk.terms.scalar(f"fits:{form}", subject, *pattern.parts)
    made = {
        name: walk.terms.make(f"fitted:{place}", fits) for place, name in enumerate(pattern.names)
    }
    return fits, made


def _bind(walk: Walk, bound: _Bound) -> None:
    """Assign what a pattern binds."""
    for name, value in bound.items():
        walk.assign(ast.Name(name, ast.Store()), value)


def _guard(walk: Walk, guard: ast.expr | None) -> int:
    assert guard is not None
    return members.truth(walk, guard, walk.now(walk.value(guard)))


def _guarded(walk: Walk, guard: ast.expr, fits: int | None, bound: _Bound) -> int:
    """The condition of a case with a guard; the names stay bound when only the guard fails."""
    if fits is None:
        _bind(walk, bound)
        return _guard(walk, guard)
    found: list[int] = []

    def follow() -> int:
        _bind(walk, bound)
        found.append(_guard(walk, guard))
        return fits

    folding.fork(walk, fits, follow, lambda: fits)
    return walk.terms.scalar("and", fits, *found)
