"""fresh-identifier: a workflow makes a fresh identifier.

In: the analysed program. Out: the findings of DBS104. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS104",
    name="fresh-identifier",
    severity=Severity.ERROR,
    summary="a workflow makes a fresh identifier",
    why=(
        "A recovered run makes another one: what was created under the first id is orphaned "
        "or created twice."
    ),
    instead="Make the id in a step, derive it with uuid5 from data, or use DBOS.workflow_id.",
    bad=(
        """\
import uuid

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(uuid.uuid4())  # flags: DBS104
""",
    ),
    good=(
        """\
import uuid

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, order_id))
""",
        """\
import uuid

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return str(uuid.uuid4())


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(frozenset({"identifier"}), "makes an identifier that differs in every run"),
)
