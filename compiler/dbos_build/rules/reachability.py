"""The way to a finding: rules that look at calls by themselves do not say how workflows get there.

In: an analysed program and findings. Out: the findings, those without a chain with the one that
leads from a workflow to their place, if any does. Never does: replace a chain that a rule gave.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbos_build.analysis.effects import Reached, links
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.rules.rule import workflow_items

Span = tuple[int, int, Reached, str]


def with_chains(program: Program, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings, with the workflow that gets to each and the calls on the way."""
    bodies: dict[str, list[Span]] | None = None
    for finding in findings:
        if finding.chain or finding.workflow is not None:
            yield finding
            continue
        if bodies is None:
            bodies = _bodies(program)
        yield _with_chain(finding, bodies.get(finding.path, []))


def _bodies(program: Program) -> dict[str, list[Span]]:
    """The functions that workflows run: their lines, the way there, and the workflow, by path."""
    found: dict[str, list[Span]] = {}
    for declaration, item in workflow_items(program):
        function = item.activation.function
        if function is None or isinstance(function.node, ast.Lambda):
            continue
        first = function.node.body[0].lineno
        last = function.node.end_lineno or first
        found.setdefault(function.module.path, []).append((first, last, item, declaration.name))
    return found


def _with_chain(finding: Finding, bodies: list[Span]) -> Finding:
    """One finding with the chain to the innermost function around it, along the shortest way."""
    around = [each for each in bodies if each[0] <= finding.line <= each[1]]
    if not around:
        return finding
    _, _, item, workflow = max(around, key=lambda each: (each[0], -len(each[2].way)))
    place = ast.Pass(lineno=finding.line, col_offset=finding.column - 1)
    chain = links(item.way, item.activation, place, finding.name)
    return replace(finding, workflow=workflow, chain=chain)


__all__ = ["with_chains"]
