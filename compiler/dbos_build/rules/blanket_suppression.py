"""blanket-suppression: a comment silences every rule at once.

In: nothing; whether a comment is of use is only known when all other rules ran, so `silencing`
finds these. Out: the description of DBS994. Never does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS994",
    name="blanket-suppression",
    severity=Severity.WARNING,
    summary="a comment silences every rule at once",
    why="It also hides the findings that nobody has thought of, and those of later edits.",
    instead="Name the code that is meant, and say why.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout() -> float:
    return time.time()  # dbos: ignore  # flags: DBS994
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
