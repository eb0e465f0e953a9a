"""unstable-data: a value that differs between runs becomes durable.

In: the analysed program. Out: the findings of DBS702: where values that other rules flag at their
source end in arguments, events, messages and results. Never does: run unless it is named; the rules
of the sources are on anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.consequence import findings
from dbos_build.rules.rule import Rule


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable operations that are given such a value, and workflows that return one."""
    return findings(rule, program, is_decision=False, phrase="becomes durable here")


RULE = Rule(
    code="DBS702",
    name="unstable-data",
    severity=Severity.INFO,
    summary="a value that differs between runs becomes durable",
    why=(
        "A recovered run hands on another value than was recorded. The source of the value is "
        "an error of its own; this shows where it ends."
    ),
    instead="Take the value from a step, so that every run has the same.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout() -> str:
    now = time.time()  # flags: DBS001
    DBOS.set_event("at", now)  # flags: DBS702
    return "done"
""",
    ),
    good=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout() -> str:
    started = time.time()  # flags: DBS001
    DBOS.logger.info("started at %s", started)
    return "done"
""",
    ),
    check=check,
    needs="name",
)
