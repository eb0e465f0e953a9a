"""unused-suppression: a comment silences a finding that is not there.

In: nothing; whether a comment is of use is only known when all other rules ran, so `silencing`
finds these. Out: the description of DBS992. Never does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS992",
    name="unused-suppression",
    severity=Severity.WARNING,
    summary="a comment silences a finding that is not there",
    why="It hides the next mistake on this line, and tells readers of a problem that is gone.",
    instead="Remove the comment, or the code from its brackets.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout() -> float:
    return 4.5  # dbos: ignore[DBS001] the clock is gone  # flags: DBS992
""",
    ),
    good=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout() -> float:
    return time.time()  # dbos: ignore[DBS001] only shown to people
""",
    ),
    check=judged_elsewhere,
    needs_whole=True,
)
