"""task-synchronization: a workflow coordinates its tasks with locks, events or queues.

In: the analysed program. Out: the findings of DBS407. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.effects import Occurrence
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.rules.rule import Rule, reaching, shown


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Locks, events and queues in coroutines; threads have a rule of their own."""

    def what(occurrence: Occurrence) -> str | None:
        function = occurrence.activation.function
        if occurrence.effect != "sync" or function is None or not function.is_async:
            return None
        return f"{shown(occurrence)} orders tasks by timing"

    return reaching(rule, program, what)


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
    check=check,
)
