"""Consequences as findings: where a value that differs between runs matters.

In: what each workflow reaches. Out: a finding per place, which names the sources of the value.
Never does: report sources; their rules do.
"""

from __future__ import annotations

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.interpreter.values import Taint
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow

_SOURCES_MAX = 3


def findings(rule: Rule, program: Program, *, is_decision: bool, phrase: str) -> list[Finding]:
    """The places of one kind where a nondeterministic value matters."""
    found: list[Finding] = []
    for declaration, reach in per_workflow(program):
        items = {item.activation: item for item in reach.reached}
        for place in reach.consequences.places:
            if place.is_decision is is_decision:
                message = f"a value that differs between runs {phrase}; it comes from "
                finding = rule.finding(
                    place.activation.module.path,
                    place.node,
                    message + _sources(place.taints),
                    workflow=declaration.name,
                    chain=chain_to(items[place.activation], place.node, rule.name),
                )
                found.append(finding)
    return once(found)


def _sources(taints: frozenset[Taint]) -> str:
    """Where values come from, in source order: `the clock (shop.py:12)`."""
    ordered = sorted(taints, key=lambda taint: (taint.path, taint.line, taint.column, taint.kind))
    shown = [f"{taint.kind} ({taint.path}:{taint.line})" for taint in ordered[:_SOURCES_MAX]]
    rest = len(ordered) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")
