"""Applying suppression comments to findings, and judging the comments.

In: findings and the modules with their suppressions. Out: the findings that no comment silences,
and findings about comments that silence nothing, everything, or what does not exist. Never does:
silence a file that cannot be read, or a finding about a comment.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.reading.module import Module
from dbos_build.reading.suppressions import Suppression
from dbos_build.rules.rule import Rule
from dbos_build.syntax import walk

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BODIES = (*_FUNCTIONS, ast.ClassDef)


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """A suppression, the lines it covers, and the codes that it has silenced there so far."""

    first: int
    last: int
    suppression: Suppression
    silenced: set[str] = field(default_factory=set)


class Silencer:
    """The suppressions of a program at work."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._covers = {
            module.path: _coverage(module) for module in program.modules if module.suppressions
        }

    def remaining(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that no comment silences."""
        for finding in findings:
            is_silenced = False
            for cover in self._covers.get(finding.path, ()):
                inside = cover.first <= finding.line <= cover.last
                if inside and cover.suppression.covers(finding.code):
                    cover.silenced.add(finding.code)
                    is_silenced = True
            if not is_silenced:
                yield finding

    def unused(self, rule: Rule, ran: Collection[str]) -> Iterator[Finding]:
        """Comments that silence nothing, now that all findings went through; `ran` are codes."""
        reached = _reached_lines(self._program)
        for path, cover in self._each():
            suppression = cover.suppression
            if not _is_judged(suppression.line, reached[path]):
                continue
            idle = sorted((suppression.codes & set(ran)) - cover.silenced)
            if idle:
                yield _about(rule, path, suppression, f"{_listed(idle)} is not found here any more")
            elif suppression.is_blanket and suppression.is_own and not cover.silenced:
                yield _about(rule, path, suppression, "nothing is found here any more")

    def unknown(self, rule: Rule, rules: Collection[Rule]) -> Iterator[Finding]:
        """Comments that name what is no code."""
        codes = {each.code for each in rules}
        names = {each.name: each.code for each in rules}
        for path, cover in self._each():
            suppression = cover.suppression
            for word in (*sorted(suppression.codes - codes), *suppression.others):
                close = difflib.get_close_matches(word.lower(), names, n=1)
                near = difflib.get_close_matches(word.upper(), sorted(codes), n=1)
                hint = names[close[0]] if close else (near[0] if near else "")
                ending = f"; did you mean {hint}?" if hint else ""
                yield _about(rule, path, suppression, f"`{word}` is no code of a rule{ending}")

    def blanket(self, rule: Rule) -> Iterator[Finding]:
        """Comments that silence whatever is found, now or later."""
        for path, cover in self._each():
            suppression = cover.suppression
            if suppression.is_blanket and cover.silenced:
                named = ", ".join(sorted(cover.silenced))
                message = f"this silences every rule; name what is meant: {named}"
                yield _about(rule, path, suppression, message)

    def _each(self) -> Iterator[tuple[str, Cover]]:
        for path, covers in sorted(self._covers.items()):
            for cover in covers:
                yield path, cover


def _listed(codes: list[str]) -> str:
    return " and ".join(codes)


def _about(rule: Rule, path: str, suppression: Suppression, message: str) -> Finding:
    """A finding at a comment."""
    place = ast.Pass(
        lineno=suppression.comment_line,
        col_offset=suppression.column - 1,
        end_lineno=suppression.comment_line,
        end_col_offset=suppression.end_column - 1,
    )
    return rule.finding(path, place, message)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a module's functions, and those of the functions that something durable runs."""

    functions: list[tuple[int, int]]
    reached: list[tuple[int, int]]


def _reached_lines(program: Program) -> dict[str, _Lines]:
    """Which lines are verified: a run over part of a project does not see who calls the rest."""
    found: dict[str, _Lines] = {}
    for module in program.modules:
        if module.suppressions and module.tree is not None:
            spans = [_span(n) for n in walk(module.tree) if isinstance(n, _FUNCTIONS)]
            found[module.path] = _Lines(spans, [])
    for reach in (*program.reaches.values(), *program.inline_steps):
        for activation in reach.activations():
            lines = found.get(activation.module.path)
            if lines is not None and activation.function is not None:
                lines.reached.append(_span(activation.function.node))
    return found


def _is_judged(line: int, lines: _Lines) -> bool:
    """Whether a line is outside of functions, or in one that something durable runs."""
    around = [span for span in lines.functions if span[0] <= line <= span[1]]
    return not around or any(first <= line <= last for first, last in lines.reached)


def _span(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> tuple[int, int]:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return (first, node.end_lineno or node.lineno)


def _coverage(module: Module) -> list[Cover]:
    """The lines that each suppression of a module covers."""
    bodies: dict[int, tuple[int, int]] = {}
    statements: dict[int, tuple[int, int]] = {}
    if module.tree is not None:
        for node in walk(module.tree):
            if isinstance(node, _BODIES):
                last = node.end_lineno or node.lineno
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                header = node.body[0].lineno - 1 if node.body[0].lineno > node.lineno else last
                for line in range(first, max(header, node.lineno) + 1):
                    bodies.setdefault(line, (first, last))
            elif isinstance(node, ast.stmt) and _is_simple(node):
                span = (node.lineno, node.end_lineno or node.lineno)
                for line in range(span[0], span[1] + 1):
                    statements.setdefault(line, span)
    found = []
    for suppression in module.suppressions:
        line = suppression.line
        first, last = bodies.get(line) or statements.get(line) or (line, line)
        found.append(Cover(first, last, suppression))
    return found


def _is_simple(node: ast.stmt) -> bool:
    """Whether a statement holds no other statements."""
    return not any(isinstance(getattr(node, name, None), list) for name in ("body", "cases"))
