"""entropy: a workflow reads entropy of the machine.

In: the analysed program. Out: the findings of DBS103. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS103",
    name="entropy",
    severity=Severity.ERROR,
    summary="a workflow reads entropy of the machine",
    why="The bytes differ in every run, so anything made from them differs after a recovery.",
    instead="Make the token or key in a step and return it.",
    bad=(
        """\
import secrets

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return secrets.token_hex()  # flags: DBS103
""",
    ),
    good=(
        """\
import secrets

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(secrets.compare_digest(order_id, "x"))
""",
        """\
import secrets

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return secrets.token_hex()


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(frozenset({"entropy"}), "reads entropy; every run gets other bytes"),
)
