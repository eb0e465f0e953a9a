"""thread-start: a workflow starts threads or processes of its own.

In: the analysed program. Out: the findings of DBS401. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.effects import Occurrence
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, reaching, shown


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Threads and pools that workflows make, and the use of those that others made.

    Where a workflow makes a pool, that is the finding, not each use of it.
    """
    makers = {each.workflow for each in program.occurrences if each.effect == "thread"}

    def what(occurrence: Occurrence) -> str | None:
        if occurrence.effect == "thread":
            return f"{shown(occurrence)} {PHRASE}"
        if occurrence.effect == "thread_use" and occurrence.workflow not in makers:
            return f"{shown(occurrence)} {PHRASE}"
        return None

    return reaching(rule, program, what)


PHRASE = "runs code outside of the workflow, where nothing is recorded"

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
    check=check,
)
