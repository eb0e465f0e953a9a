"""task-synchronization: a workflow coordinates its tasks with locks, events or queues.

In: the analysed program. Out: the findings of DBS407. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS407",
    name="task-synchronization",
    severity=Severity.WARNING,
    summary="a workflow coordinates its tasks with locks, events or queues",
    why=(
        "Who gets the lock or the item first depends on timing, so steps can run in another "
        "order on recovery."
    ),
    instead="Gather the results and go on from there; between workflows use messages and events.",
    bad=(
        """\
import asyncio

from dbos import DBOS


@DBOS.workflow()
async def checkout() -> str:
    line = asyncio.Queue()  # flags: DBS407
    await line.put("a")
    return await line.get()
""",
    ),
    good=(
        """\
from collections import deque

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    line = deque([order_id])
    return line.popleft()
""",
    ),
    check=effect_check(frozenset({"sync"}), "orders tasks by timing"),
    fix=None,
)
