"""unrecorded-step: plain code calls a step, which then is not recorded.

In: the analysed program. Out: the findings of DBS828. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import unresolved_names
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Boundary, Target
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Steps called in functions that no workflow runs."""
    survey = survey_of(program, rule.looks)
    hidden = survey.once("hidden", lambda: unresolved_names(program))
    return once(
        rule.finding(activation.module.path, node, message)
        for activation, node, message in survey.in_plain_code(_message)
        if activation.name.rpartition(".")[2] not in hidden
    )


@per_call("step")
def _message(target: Target) -> str | None:
    """What is wrong with a call in plain code, if it is of a step."""
    if isinstance(target, Boundary) and target.kind == "step" and target.function is not None:
        return f"the step `{target.function.name}` is not recorded here"
    return None


RULE = Rule(
    code="DBS828",
    name="unrecorded-step",
    severity=Severity.INFO,
    summary="plain code calls a step, which then is not recorded",
    why=(
        "Outside of a workflow a step is an ordinary function: it is neither recorded nor retried "
        "after a crash."
    ),
    instead="Call it from a workflow.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.step()
def charge() -> float:
    return time.time()


def endpoint() -> float:
    return charge()  # flags: DBS828
""",
    ),
    good=(
        """\
import time

from dbos import DBOS


@DBOS.step()
def charge() -> float:
    return time.time()


@DBOS.workflow()
def checkout() -> float:
    return charge()


def endpoint() -> float:
    return checkout()
""",
    ),
    check=check,
    looks=(_message,),
    needs_whole=True,
)
