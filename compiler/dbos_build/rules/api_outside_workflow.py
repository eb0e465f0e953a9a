"""api-outside-workflow: plain code does what only a workflow can.

In: the analysed program. Out: the findings of DBS804. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeGuard

from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import (
    plain_activations,
    surrounding_activations,
    unresolved_names,
)
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary, Enter
from dbos_build.names.symbols import Function
from dbos_build.rules.rule import Rule, once

_WORKFLOW_ONLY = frozenset(
    {"recv", "set_event", "write_stream", "close_stream", "patch", "deprecate_patch"}
)


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Operations of workflows in functions that no workflow runs."""
    hidden = unresolved_names(program)
    entered = _entered(program)

    def found() -> Iterator[Finding]:
        for activation in plain_activations(program):
            if not _is_plain(activation, hidden):
                continue
            if _fulfils_interface(activation) and activation.function not in entered:
                continue
            for node, targets in activation.calls.items():
                for target in targets:
                    head, _, tail = target.name.rpartition(".") if _is_api(target) else ("", "", "")
                    if head == "dbos.DBOS" and tail.removesuffix("_async") in _WORKFLOW_ONLY:
                        message = f"`DBOS.{tail}` works only in a workflow; none calls this"
                        yield rule.finding(activation.module.path, node, message)

    return once(found())


def _is_api(target: object) -> TypeGuard[Boundary]:
    """Whether a call is one of the API."""
    return isinstance(target, Boundary) and target.kind == "api"


def _is_plain(activation: Activation, hidden: frozenset[str]) -> bool:
    """Whether surely no workflow calls a function through something that is not understood."""
    function = activation.function
    return function is not None and function.name not in hidden and function.parent is None


def _fulfils_interface(activation: Activation) -> bool:
    """Whether a function is a method of a class with bases: who knows a base may call it."""
    function = activation.function
    return function is not None and function.owner is not None and bool(function.owner.node.bases)


def _entered(program: Program) -> frozenset[Function | None]:
    """The functions that plain code is seen to call."""
    return frozenset(
        target.activation.function
        for activation in surrounding_activations(program)
        for targets in activation.calls.values()
        for target in targets
        if isinstance(target, Enter)
    )


RULE = Rule(
    code="DBS804",
    name="api-outside-workflow",
    severity=Severity.ERROR,
    summary="plain code does what only a workflow can",
    why=(
        "Outside of a workflow there is no history to record it in and no inbox to read from, so "
        "the call fails."
    ),
    instead="Do it in the workflow. Plain code can send messages and read events.",
    bad=(
        """\
from dbos import DBOS


def endpoint() -> object:
    return DBOS.recv("paid")  # flags: DBS804
""",
    ),
    good=(
        """\
from dbos import DBOS


def wait() -> object:
    return DBOS.recv("paid")


@DBOS.workflow()
def checkout() -> object:
    return wait()


def webhook(workflow_id: str) -> None:
    DBOS.send(workflow_id, "yes", "paid")
""",
    ),
    check=check,
)
