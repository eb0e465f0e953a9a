"""blocking-operation: an async workflow blocks the event loop.

In: the analysed program. Out: the findings of DBS408. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.analysis.literals import is_in_thread
from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, Durable
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in

_KINDS = frozenset({"step", "transaction", "workflow"})
_WAITING = "dbos.WorkflowHandle.get_result"


@per_activation(*_KINDS, _WAITING)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """Direct calls, in async functions, of what blocks."""
    if activation.function is None or not activation.function.is_async:
        return
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        callee = activation.values.get(node.func, NOTHING)
        direct = any(isinstance(atom, Durable) for atom in callee.atoms)
        for target in targets:
            if not isinstance(target, Boundary):
                continue
            function = target.function
            if direct and target.kind in _KINDS and function is not None and not function.is_async:
                yield node, f"the {target.kind} `{function.name}` blocks the event loop"
            elif target.name == _WAITING and not is_in_thread(activation, node):
                yield node, "waiting for the result blocks the event loop"


RULE = Rule(
    code="DBS408",
    name="blocking-operation",
    severity=Severity.WARNING,
    summary="an async workflow blocks the event loop",
    why=(
        "While a synchronous step, transaction or wait runs in a coroutine, no other workflow "
        "of the process goes on."
    ),
    instead="Await the async form, or await asyncio.to_thread(function, ...).",
    bad=(
        """\
from dbos import DBOS


@DBOS.transaction()
def store(name: str) -> str:
    return name


@DBOS.workflow()
async def checkout(name: str) -> str:
    return store(name)  # flags: DBS408
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
    check=flags_in("workflow"),
    looks=(_places,),
)
