"""workflow-api-in-step: a step waits, sends or publishes as only a workflow can.

In: the analysed program. Out: the findings of DBS803. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeGuard

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Boundary, Target
from dbos_build.names.interface import role
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, noted
from dbos_build.rules.workflow_in_step import STARTS


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Operations of workflows in what steps and transactions run."""
    kinds = ("step", "transaction")
    repeated = noted(rule, program, kinds, _repeated)
    streamed = noted(rule, program, kinds, _streamed)
    return [
        *noted(rule, program, kinds, _refused),
        *(replace(finding, severity=Severity.WARNING) for finding in repeated),
        *(replace(finding, severity=Severity.INFO) for finding in streamed),
    ]


_STREAM = "write_stream"
"""Steps stream what they work on, a token at a time: that is what streams are for."""
_REPEATED = frozenset({"send", "send_bulk", "get_event"})
_OTHER_RULES = frozenset({"patch", "deprecate_patch", *STARTS})


@per_call("api")
def _refused(target: Target) -> str | None:
    """What is wrong with a call that fails in a step, if it is one."""
    if _role(target) in {"workflow", "durable"}:
        return f"{_shown(target)} is called in a step; it belongs in the workflow"
    return None


@per_call("api")
def _repeated(target: Target) -> str | None:
    """What is wrong with a call that works in a step, as part of it, if it is one."""
    if _tail(target) == _STREAM:
        return None
    if _role(target) == "part" or (_role(target) == "recorded" and _tail(target) in _REPEATED):
        return f"{_shown(target)} is done again whenever this step is; it belongs in the workflow"
    return None


@per_call("api")
def _streamed(target: Target) -> str | None:
    """What to know of a stream that a step writes to."""
    if _role(target) == "part" and _tail(target) == _STREAM:
        return f"{_shown(target)}: readers get this again when the step is tried again"
    return None


def _role(target: Target) -> str:
    """The role of an operation of the workflow's own; empty for what another rule speaks of."""
    if not isinstance(target, Boundary) or target.kind != "api":
        return ""
    is_own = target.name.startswith("dbos.DBOS.") and _tail(target) not in _OTHER_RULES
    return role(target.name) if is_own else ""


def _tail(target: Target) -> str:
    return target.name.rpartition(".")[2].removesuffix("_async") if _is_named(target) else ""


def _shown(target: Target) -> str:
    return f"`DBOS.{target.name.rpartition('.')[2]}`" if _is_named(target) else ""


def _is_named(target: Target) -> TypeGuard[Boundary]:
    return isinstance(target, Boundary)


RULE = Rule(
    code="DBS803",
    name="workflow-api-in-step",
    severity=Severity.ERROR,
    summary="a step waits, sends or publishes as only a workflow can",
    why=(
        "Messages, events and durable sleep are operations of the workflow with a place of "
        "their own in its history; a step has no such places. Waiting fails there; what can be "
        "part of a step, such as an event, is a warning: it is done again when the step is. "
        "Writing to a stream from a step is advice only."
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
    looks=(_refused, _repeated, _streamed),
)
