"""context-variable: a workflow reads or sets context variables or thread locals.

In: the analysed program. Out: the findings of DBS607. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS607",
    name="context-variable",
    severity=Severity.WARNING,
    summary="a workflow reads or sets context variables or thread locals",
    why=(
        "They belong to the thread or task that started the workflow; a recovered run starts "
        "in another one."
    ),
    instead="Pass the value as an argument; for the user there is DBOS.authenticated_user.",
    bad=(
        """\
from contextvars import ContextVar

from dbos import DBOS

user: ContextVar[str] = ContextVar("user")


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return user.get()  # flags: DBS607
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return DBOS.workflow_id or ""
""",
    ),
    check=effect_check(
        frozenset({"context"}),
        "belongs to a thread or task that is not there when the workflow is recovered",
    ),
)
