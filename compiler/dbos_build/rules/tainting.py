"""Rules about values rather than calls: places whose arbitrary result gets somewhere it matters.

In: what each workflow reaches. Out: a finding per place, with the chain to the function that holds
it. Never does: flag a place whose value is only sorted, counted or thrown away.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.interpreter.machine import Activation, Use
from dbos_build.interpreter.values import Taint
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow


def taint_check(kind: str, message: str) -> Callable[[Rule, Program], Iterable[Finding]]:
    """A check that flags the places of one kind of taint that escape."""

    def check(rule: Rule, program: Program) -> Iterable[Finding]:
        def found() -> Iterator[Finding]:
            for declaration, reach in per_workflow(program):
                for taint in sorted(reach.escaped, key=lambda t: (t.path, t.line, t.column)):
                    if taint.kind != kind:
                        continue
                    place = _place(taint)
                    item = _holder(reach, taint)
                    yield rule.finding(
                        taint.path,
                        place,
                        message,
                        workflow=declaration.name,
                        chain=chain_to(item, place, rule.name) if item is not None else (),
                    )

        return once(found())

    return check


def own_taints(reach: Reach) -> frozenset[Taint]:
    """What differs between runs and is read by the functions of a workflow themselves."""
    return frozenset(taint for each in reach.activations() for taint in _read_in(each))


def _read_in(activation: Activation) -> frozenset[Taint]:
    """What one function reads; found out once, however many workflows run it."""
    known: frozenset[Taint] | None = activation.memo.get("own taints")
    if known is None:
        known = activation.memo["own taints"] = frozenset(
            target.taint
            for targets in activation.calls.values()
            for target in targets
            if isinstance(target, Use) and target.taint is not None
        )
    return known


def _place(taint: Taint) -> ast.AST:
    """A node at the taint's position."""
    return ast.Pass(
        lineno=taint.line,
        col_offset=taint.column,
        end_lineno=taint.line,
        end_col_offset=taint.column,
    )


def _holder(reach: Reach, taint: Taint) -> Reached | None:
    """The innermost function, among those the workflow runs, whose text holds the place."""
    best: tuple[int, Reached] | None = None
    for item in reach.reached:
        function = item.activation.function
        if function is None or item.activation.module.path != taint.path:
            continue
        first, last = function.node.lineno, function.node.end_lineno or 0
        if first <= taint.line <= last and (best is None or last - first < best[0]):
            best = (last - first, item)
    return best[1] if best is not None else None
