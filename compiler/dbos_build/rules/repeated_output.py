"""repeated-output: a workflow prints or logs by itself.

In: the analysed program. Out: the findings of DBS207. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS207",
    name="repeated-output",
    severity=Severity.INFO,
    summary="a workflow prints or logs by itself",
    why=("A recovered run prints and logs everything again, which looks as if it happened twice."),
    instead="Use DBOS.logger, which knows about recovery, or log in steps.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    print("started")  # flags: DBS207
    return order_id
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    DBOS.logger.info("started")
    return order_id
""",
    ),
    check=effect_check(
        frozenset({"output", "logging"}), "is repeated by every recovery; DBOS.logger is not"
    ),
)
