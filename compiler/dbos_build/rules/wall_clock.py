"""wall-clock: a workflow reads the time.

In: the analysed program. Out: the findings of DBS001. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS001",
    name="wall-clock",
    severity=Severity.ERROR,
    summary="a workflow reads the time",
    why=(
        "On recovery the body runs again and reads another time, so it can take another "
        "branch or hand other arguments to its steps than the first run did."
    ),
    instead=(
        "Read the time in a step, whose result is recorded, or use DBOS.sleep and timeouts "
        "for waiting."
    ),
    bad=(
        """\
from datetime import datetime

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    created = datetime.now()  # flags: DBS001
    return f"{order_id} at {created}"
""",
    ),
    good=(
        """\
from datetime import datetime

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return datetime.now().isoformat()


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
        """\
import time

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return time.strftime("%Y", time.gmtime(0))
""",
    ),
    check=effect_check(
        frozenset({"clock"}), "reads the clock in a workflow; a recovered run reads another time"
    ),
)
