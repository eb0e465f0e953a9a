"""durable-callback: a workflow calls durable operations from callbacks of the event loop.

In: the analysed program. Out: the findings of DBS409. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Enter, Use
from dbos_build.rules.coroutines import is_durable, operations
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in


@per_activation("callback", is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """Calls that hand a callback over which does something durable."""
    for node, targets in activation.calls.items():
        if not any(isinstance(t, Use) and "callback" in t.effects for t in targets):
            continue
        if any(
            is_durable(target) or (isinstance(target, Enter) and operations(target.activation))
            for target in targets
        ):
            yield node, "the callback calls durable operations outside of the workflow's order"


RULE = Rule(
    code="DBS409",
    name="durable-callback",
    severity=Severity.ERROR,
    summary="a workflow calls durable operations from callbacks of the event loop",
    why=(
        "A callback runs whenever the loop gets to it, outside of the workflow: what it calls "
        "is recorded in no fixed order, or not at all."
    ),
    instead="Await the task and call the operation afterwards.",
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


@DBOS.step()
def note(name: str) -> None:
    print(name)


@DBOS.workflow()
async def checkout(name: str) -> str:
    task = asyncio.create_task(charge(name))
    task.add_done_callback(lambda done: note(name))  # flags: DBS409
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
async def checkout(name: str) -> str:
    done: list[str] = []
    task = asyncio.create_task(charge(name))
    task.add_done_callback(lambda each: done.append(name))
    return await task
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
