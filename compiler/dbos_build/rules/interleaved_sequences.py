"""interleaved-sequences: a workflow runs sequences of durable operations side by side.

In: the analysed program. Out: the findings of DBS402. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.coroutines import (
    GATHER,
    GROUP_TASKS,
    SEVERAL,
    calls_of,
    participants,
    repeated_nodes,
    started_work,
)
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.syntax import every

MESSAGE = "sequences of durable operations run side by side and mix in another order on recovery"


@per_activation(*GATHER, *GROUP_TASKS, is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """Gathers with at least two busy coroutines, one of which does several operations."""
    for node in calls_of(activation, GATHER):
        busy = [count for count in participants(activation, node) if count]
        if len(busy) > 1 and max(busy) >= SEVERAL:
            yield node, MESSAGE
    groups: dict[str, list[int]] = {}
    for node in calls_of(activation, GROUP_TASKS):
        if (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.args
        ):
            count = started_work(activation, node)
            counts = groups.setdefault(node.func.value.id, [])
            counts.extend([count] * (2 if node in repeated_nodes(activation) else 1))
    function = activation.function
    for part in every(function.node, ast.AsyncWith) if function is not None and groups else ():
        for group in part.items:
            name = group.optional_vars
            counts = groups.get(name.id, []) if isinstance(name, ast.Name) else []
            busy = [count for count in counts if count]
            if len(busy) > 1 and max(busy) >= SEVERAL:
                yield group.context_expr, MESSAGE


RULE = Rule(
    code="DBS402",
    name="interleaved-sequences",
    severity=Severity.ERROR,
    summary="a workflow runs sequences of durable operations side by side",
    why=(
        "The operations of the sequences mix in an order that depends on how long each takes, "
        "and on recovery they are recorded results that take no time."
    ),
    instead="Make each sequence a child workflow, or a single step, and gather those.",
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


async def order(name: str) -> str:
    await reserve(name)
    return await charge(name)


@DBOS.workflow()
async def checkout() -> list[object]:
    return await asyncio.gather(order("a"), order("b"), return_exceptions=True)  # flags: DBS402
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
