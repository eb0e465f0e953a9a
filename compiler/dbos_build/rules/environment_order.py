"""environment-order: a workflow goes through names in an order that it does not control.

In: the analysed program. Out: the findings of DBS504. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.effects import Occurrence
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.ordering import order_free
from dbos_build.rules.rule import Rule, reaching, shown


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Names in no fixed order, unless what takes them does not mind or sorts them."""

    def what(occurrence: Occurrence) -> str | None:
        if occurrence.effect != "order":
            return None
        if occurrence.node in order_free(occurrence.activation):
            return None
        return f"{shown(occurrence)} gives names in an order that the workflow does not control"

    return reaching(rule, program, what)


RULE = Rule(
    code="DBS504",
    name="environment-order",
    severity=Severity.WARNING,
    summary="a workflow goes through names in an order that it does not control",
    why=(
        "The names an object or module has change with the code around them, so the order of "
        "steps can change."
    ),
    instead="Sort the names, or list them yourself.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    names = [name for name in dir(order_id)]  # flags: DBS504
    return names[0]
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    fields = {"a": 1}
    return ",".join(sorted(fields))
""",
    ),
    check=check,
)
