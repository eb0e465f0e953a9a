"""workflow-in-step: a step calls, starts or enqueues a workflow.

In: the analysed program. Out: the findings of DBS801. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Boundary, Target
from dbos_build.names.interface import role
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, flags_in

STARTS = frozenset({"fork_workflow", "restart_workflow", "trigger_schedule"})
"""Operations that start a workflow without being told which function it runs."""


@per_call("workflow", "api")
def _message(target: Target) -> str | None:
    """What is wrong with a call in a step, if anything."""
    if not isinstance(target, Boundary):
        return None
    tail = target.name.rpartition(".")[2].removesuffix("_async")
    is_start = role(target.name) == "start" or (
        target.name.startswith("dbos.DBOS.") and tail in STARTS
    )
    if target.kind == "workflow":
        return f"a step calls the workflow `{target.name}`; only workflows may"
    if target.kind == "api" and is_start:
        return f"a step starts a workflow (`{tail}`); only workflows may"
    return None


RULE = Rule(
    code="DBS801",
    name="workflow-in-step",
    severity=Severity.ERROR,
    summary="a step calls, starts or enqueues a workflow",
    why=(
        "A step is recorded as one value when it ends; a workflow started in it is started "
        "again whenever the step is retried."
    ),
    instead=(
        "Start the workflow from the workflow, and give the step only the work that has to be "
        "recorded."
    ),
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.step()
def order(name: str) -> str:
    return DBOS.start_workflow(child, name).workflow_id  # flags: DBS801
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def order(name: str) -> str:
    return DBOS.start_workflow(child, name).workflow_id
""",
    ),
    check=flags_in("step"),
    looks=(_message,),
)
