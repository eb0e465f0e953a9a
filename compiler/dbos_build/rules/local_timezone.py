"""local-timezone: a workflow depends on the time zone or locale of the machine.

In: the analysed program. Out: the findings of DBS005. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS005",
    name="local-timezone",
    severity=Severity.WARNING,
    summary="a workflow depends on the time zone or locale of the machine",
    why=(
        "A workflow may be recovered on another machine, where the same instant has another "
        "hour or date."
    ),
    instead="Name the time zone: datetime.fromtimestamp(ts, tz=UTC), value.astimezone(UTC).",
    bad=(
        """\
from datetime import datetime

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(datetime.fromtimestamp(0).hour)  # flags: DBS005
""",
    ),
    good=(
        """\
from datetime import UTC, datetime

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(datetime.fromtimestamp(0, tz=UTC).hour)
""",
    ),
    check=effect_check(frozenset({"timezone"}), "uses the time zone or locale of the machine"),
    fix=None,
)
