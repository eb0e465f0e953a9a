"""plain-sleep: a workflow sleeps without recording that it did.

In: the analysed program. Out: the findings of DBS003. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS003",
    name="plain-sleep",
    severity=Severity.WARNING,
    summary="a workflow sleeps without recording that it did",
    why=(
        "A plain sleep starts from the beginning after every recovery and keeps a worker busy "
        "meanwhile."
    ),
    instead="Use DBOS.sleep, or DBOS.sleep_async in a coroutine: it records when it ends.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    time.sleep(5)  # flags: DBS003
    return order_id
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    DBOS.sleep(5)
    return order_id
""",
        """\
import time

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    time.sleep(1)
    return ""


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(
        frozenset({"sleep"}),
        "is not recorded: a recovered run waits all over again; use DBOS.sleep",
    ),
)
