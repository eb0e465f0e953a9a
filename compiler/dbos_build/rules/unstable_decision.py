"""unstable-decision: a value that differs between runs decides what a workflow does.

In: the analysed program. Out: the findings of DBS701: where values that other rules flag at their
source are decisive. Never does: run unless it is named; the rules of the sources are on anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.consequence import findings
from dbos_build.rules.rule import Rule


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Tests, loops, exceptions and choices of a function that hang on such a value."""
    return findings(rule, program, is_decision=True, phrase="decides what happens here")


RULE = Rule(
    code="DBS701",
    name="unstable-decision",
    severity=Severity.INFO,
    summary="a value that differs between runs decides what a workflow does",
    why=(
        "A recovered run decides otherwise and meets other steps than were recorded. The source "
        "of the value is an error of its own; this shows where it matters."
    ),
    instead="Take the value from a step, so that every run decides alike.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout() -> str:
    now = time.time()  # flags: DBS001
    if now > 5:  # flags: DBS701
        return "late"
    return "early"
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
