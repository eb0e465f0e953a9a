"""thread-start: a workflow starts threads or processes of its own.

In: the analysed program. Out: the findings of DBS401. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS401",
    name="thread-start",
    severity=Severity.ERROR,
    summary="a workflow starts threads or processes of its own",
    why=(
        "Steps called from another thread are not part of the workflow: they are not "
        "recorded, and their order is a race."
    ),
    instead="Enqueue child workflows, start them with DBOS.start_workflow, or gather coroutines.",
    bad=(
        """\
from threading import Thread

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    Thread(target=print).start()  # flags: DBS401
    return order_id
""",
    ),
    good=(
        """\
import asyncio

from dbos import DBOS


@DBOS.transaction()
def store(name: str) -> str:
    return name


@DBOS.workflow()
async def checkout(name: str) -> str:
    return await asyncio.to_thread(store, name)
""",
    ),
    check=effect_check(
        frozenset({"thread"}), "runs code outside of the workflow, where nothing is recorded"
    ),
    fix=None,
)
