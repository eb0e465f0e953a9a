"""wrong-schedule: a schedule cannot work.

In: the analysed program. Out: the findings of DBS816. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Schedule
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.cron import problem
from dbos_build.rules.rule import Rule, once

_WRONG_TYPES = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Schedules with a wrong expression, or on functions of another form."""

    def found() -> Iterator[Finding]:
        for schedule in program.schedules:
            message = problem(schedule.cron) or _signature(schedule)
            if message is not None:
                yield rule.finding(schedule.path, schedule.function.node, message)

    return once(found())


def _signature(schedule: Schedule) -> str | None:
    """What is wrong with the parameters of a scheduled function, if anything."""
    function = schedule.function
    taken = function.node.args
    parameters = [*taken.posonlyargs, *taken.args]
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorators)
    if function.owner is not None and not static:
        parameters = parameters[1:]
    required = len(parameters) - len(taken.defaults)
    most = len(parameters) if taken.vararg is None else max(len(parameters), 2)
    needs_keywords = any(default is None for default in taken.kw_defaults)
    if required > 2 or most < 2 or needs_keywords:
        return "a scheduled workflow takes two arguments: the scheduled and the actual time"
    for parameter in parameters[:2]:
        annotation = parameter.annotation
        if isinstance(annotation, ast.Name) and annotation.id in _WRONG_TYPES:
            return f"`{parameter.arg}` gets a datetime, not {annotation.id}"
    return None


RULE = Rule(
    code="DBS816",
    name="wrong-schedule",
    severity=Severity.ERROR,
    summary="a schedule cannot work",
    why=(
        "A scheduled workflow is called with the scheduled and the actual time, at the times "
        "of its cron expression; with other parameters or a wrong expression it fails or "
        "never runs."
    ),
    instead="Declare two datetime parameters, and check the expression.",
    bad=(
        """\
from dbos import DBOS


@DBOS.scheduled("61 * * * *")
@DBOS.workflow()
def nightly(scheduled, actual) -> None:  # flags: DBS816
    return None
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.scheduled("0 2 * * mon-fri")
@DBOS.workflow()
def nightly(scheduled, actual) -> None:
    return None
""",
    ),
    check=check,
)
