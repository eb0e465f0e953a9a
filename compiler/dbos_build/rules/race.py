"""race: a workflow goes on with whichever task finishes first.

In: the analysed program. Out: the findings of DBS404. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS404",
    name="race",
    severity=Severity.ERROR,
    summary="a workflow goes on with whichever task finishes first",
    why=(
        "Which one that is depends on timing; on recovery recorded steps finish at once and "
        "another one wins."
    ),
    instead="Use asyncio.gather, or DBOS.asyncio_wait, which records the outcome.",
    bad=(
        """\
import asyncio

from dbos import DBOS


@DBOS.step()
async def ask(name: str) -> str:
    return name


@DBOS.workflow()
async def checkout() -> str:
    for each in asyncio.as_completed([ask("a"), ask("b")]):  # flags: DBS404
        return await each
    return ""
""",
    ),
    good=(
        """\
import asyncio

from dbos import DBOS


@DBOS.step()
async def ask(name: str) -> str:
    return name


@DBOS.workflow()
async def checkout() -> list[object]:
    return await asyncio.gather(ask("a"), ask("b"), return_exceptions=True)
""",
    ),
    check=effect_check(
        frozenset({"async_order"}), "goes on with whatever finishes first, which is a race"
    ),
)
