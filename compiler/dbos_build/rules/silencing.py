"""Applying suppression comments to findings.

In: findings and the modules with their suppressions. Out: the findings that no comment silences.
Never does: silence a file that cannot be read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.findings import Finding
from dbos_build.module import Module
from dbos_build.program import Program
from dbos_build.suppressions import Suppression

_BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def unsilenced(findings: Iterable[Finding], program: Program) -> Iterator[Finding]:
    """The findings that remain."""
    covered = {module.path: _coverage(module) for module in program.modules if module.suppressions}
    for finding in findings:
        spans = covered.get(finding.path, ())
        if not any(
            first <= finding.line <= last and suppression.covers(finding.code)
            for first, last, suppression in spans
        ):
            yield finding


def _coverage(module: Module) -> list[tuple[int, int, Suppression]]:
    """The lines that each suppression of a module covers."""
    bodies: dict[int, tuple[int, int]] = {}
    statements: dict[int, tuple[int, int]] = {}
    if module.tree is not None:
        for node in ast.walk(module.tree):
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
        found.append((first, last, suppression))
    return found


def _is_simple(node: ast.stmt) -> bool:
    """Whether a statement holds no other statements."""
    return not any(isinstance(getattr(node, name, None), list) for name in ("body", "cases"))
