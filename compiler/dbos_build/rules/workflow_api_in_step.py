"""workflow-api-in-step: a step waits, sends or publishes as only a workflow can.

In: the analysed program. Out: the findings of DBS803. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Boundary, Target
from dbos_build.rules.rule import Rule, within


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Operations of workflows in what steps and transactions run."""
    return within(rule, program, ("step", "transaction"), _message)


_WORKFLOW_ONLY = frozenset({"recv", "sleep", "send", "set_event", "get_event"})


def _message(target: Target) -> str | None:
    """What is wrong with a call in a step, if anything."""
    if not isinstance(target, Boundary) or target.kind != "api":
        return None
    head, _, tail = target.name.rpartition(".")
    if head == "dbos.DBOS" and tail.removesuffix("_async") in _WORKFLOW_ONLY:
        return f"`DBOS.{tail}` is called in a step; it belongs in the workflow"
    return None


RULE = Rule(
    code="DBS803",
    name="workflow-api-in-step",
    severity=Severity.ERROR,
    summary="a step waits, sends or publishes as only a workflow can",
    why=(
        "Messages, events and durable sleep are operations of the workflow with a place of "
        "their own in its history; a step has no such places."
    ),
    instead="Do it in the workflow, before or after the step.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def confirm() -> str:
    return DBOS.recv("answer")  # flags: DBS803
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def confirm() -> str:
    return DBOS.recv("answer")
""",
    ),
    check=check,
)
