"""fragile-gather: a workflow gathers steps and gives up on the first error.

In: the analysed program. Out: the findings of DBS403. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.coroutines import GATHER, calls_of, participants
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in


@per_activation(*GATHER, is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """Gathers of at least two busy coroutines that raise the first error."""
    for node in calls_of(activation, GATHER):
        given = next((k for k in node.keywords if k.arg in {"return_exceptions", None}), None)
        tolerant = given is not None and not (
            isinstance(given.value, ast.Constant) and given.value.value is False
        )
        busy = [count for count in participants(activation, node) if count]
        if len(busy) > 1 and not tolerant:
            yield node, "one failing step ends the gather while the others still run"


RULE = Rule(
    code="DBS403",
    name="fragile-gather",
    severity=Severity.WARNING,
    summary="a workflow gathers steps and gives up on the first error",
    why=(
        "When one step fails the others go on unseen, and the workflow continues while their "
        "results are still being recorded."
    ),
    instead="Pass return_exceptions=True and look at the results.",
    bad=(
        """\
import asyncio

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return name


@DBOS.step()
async def charge(name: str) -> str:
    return name


@DBOS.workflow()
async def checkout() -> list[str]:
    return await asyncio.gather(reserve("a"), charge("b"))  # flags: DBS403
""",
    ),
    good=(
        """\
import asyncio

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return name


@DBOS.step()
async def charge(name: str) -> str:
    return name


@DBOS.workflow()
async def checkout() -> list[object]:
    return await asyncio.gather(reserve("a"), charge("b"), return_exceptions=True)
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
