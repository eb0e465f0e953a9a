"""unknown-suppression: a comment names a rule that does not exist.

In: nothing; whether a comment is of use is only known when all other rules ran, so `silencing`
finds these. Out: the description of DBS993. Never does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS993",
    name="unknown-suppression",
    severity=Severity.WARNING,
    summary="a comment names a rule that does not exist",
    why="It silences nothing, although it looks as if it did.",
    instead="Write the code of the rule, as findings show it.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout() -> float:
    return time.time()  # dbos: ignore[DBS999] shown only  # flags: DBS001, DBS993
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
)
