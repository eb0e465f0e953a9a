"""clock-default: a workflow takes the time from a default value.

In: the analysed program. Out: the findings of DBS006. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.effects import Occurrence
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, is_default, reaching


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Clocks that are read because an argument or a field was left out."""

    def what(occurrence: Occurrence) -> str | None:
        if not is_default(occurrence):
            return None
        return f"the {occurrence.through} reads the clock (`{occurrence.use.name}`)"

    return reaching(rule, program, what)


RULE = Rule(
    code="DBS006",
    name="clock-default",
    severity=Severity.ERROR,
    summary="a workflow takes the time from a default value",
    why=(
        "A default that reads the clock is evaluated anew in every run: an object made again "
        "on recovery has another time."
    ),
    instead="Pass the value explicitly, from a step.",
    bad=(
        """\
from dataclasses import dataclass, field
from datetime import datetime

from dbos import DBOS


@dataclass
class Order:
    id: str
    created: datetime = field(default_factory=datetime.now)


@DBOS.workflow()
def checkout(order_id: str) -> Order:
    return Order(order_id)  # flags: DBS006
""",
    ),
    good=(
        """\
from dataclasses import dataclass, field
from datetime import datetime

from dbos import DBOS


@dataclass
class Order:
    id: str
    created: datetime = field(default_factory=datetime.now)


@DBOS.workflow()
def checkout(order_id: str, created: datetime) -> Order:
    return Order(order_id, created=created)
""",
    ),
    check=check,
)
