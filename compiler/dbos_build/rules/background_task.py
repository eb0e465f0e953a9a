"""background-task: a workflow goes on with durable operations while a task of its own runs.

In: the analysed program. Out: the findings of DBS405. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING
from dbos_build.names.symbols import blocks
from dbos_build.rules.coroutines import SEVERAL, TASKS, calls_of, is_durable, most_work
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.syntax import walk

MESSAGE = "the workflow goes on with durable operations before this task is awaited"


@per_activation(*TASKS, is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """`task = create_task(...)` with other operations between it and its await."""
    function = activation.function
    made = {
        node
        for node in calls_of(activation, TASKS)
        if node.args and most_work(activation.values.get(node.args[0], NOTHING)) >= SEVERAL
    }
    if function is None or not made or isinstance(function.node, ast.Lambda):
        return
    waiting = [function.node.body]
    while waiting:
        body = waiting.pop()
        for index, statement in enumerate(body):
            waiting.extend(blocks(statement))
            begun = _begun(statement)
            if begun is not None and begun[0] in made:
                value, name = begun
                if _overtaken(activation, name, body[index + 1 :]):
                    yield value, MESSAGE


def _begun(statement: ast.stmt) -> tuple[ast.expr, str] | None:
    """The value that a statement only keeps under a name, or drops: then the name is empty."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return value, name
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return value, name
        case ast.Expr(value=value):
            return value, ""
    return None


def _overtaken(activation: Activation, name: str, rest: list[ast.stmt]) -> bool:
    """Whether a durable operation comes before the first statement that uses a task."""
    for statement in rest:
        nodes = list(walk(statement))
        if any(isinstance(node, ast.Name) and node.id == name for node in nodes):
            return False
        for node in nodes:
            if any(is_durable(target) for target in activation.calls.get(node, ())):
                return True
    return False


RULE = Rule(
    code="DBS405",
    name="background-task",
    severity=Severity.ERROR,
    summary="a workflow goes on with durable operations while a task of its own runs",
    why=(
        "The operations of the task and of the workflow mix in an order that depends on how "
        "long each takes."
    ),
    instead="Await the task first, gather all of them, or start a child workflow.",
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
async def checkout() -> str:
    task = asyncio.create_task(order("a"))  # flags: DBS405
    await charge("b")
    return await task
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
async def checkout(names: list[str]) -> list[object]:
    tasks = [asyncio.create_task(reserve(name)) for name in names]
    return await asyncio.gather(*tasks, return_exceptions=True)
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
