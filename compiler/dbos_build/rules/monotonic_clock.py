"""monotonic-clock: a workflow reads a monotonic or CPU clock.

In: the analysed program. Out: the findings of DBS002. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS002",
    name="monotonic-clock",
    severity=Severity.ERROR,
    summary="a workflow reads a monotonic or CPU clock",
    why=(
        "Such a clock starts anew with every process, so after a recovery the measured span "
        "is meaningless and branches on it differ."
    ),
    instead="Measure inside a step and return the span.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    started = time.monotonic()  # flags: DBS002
    if started > 10:
        return "late"
    return order_id
""",
    ),
    good=(
        """\
import time

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    started = time.perf_counter()
    return str(started)


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
        """\
from datetime import timedelta

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(timedelta(seconds=5))
""",
    ),
    check=effect_check(frozenset({"monotonic"}), "reads a clock that differs in every process"),
)
