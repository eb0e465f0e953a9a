"""task-synchronization: a workflow coordinates its tasks with locks, events or queues.

In: the analysed program. Out: the findings of DBS407. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dbos_build.analysis.effects import Occurrence
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.sharing import is_shared
from dbos_build.interpreter.values import InstanceRef
from dbos_build.rules.rule import Rule, reaching, shown
from dbos_build.rules.state import is_self


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Locks, events and queues made in coroutines, and those that all runs share, where used.

    One that a function makes for itself orders nothing outside of it; threads have a rule of
    their own.
    """

    def what(occurrence: Occurrence) -> str | None:
        function = occurrence.activation.function
        if function is None:
            return None
        if occurrence.effect == "sync" and function.is_async:
            return f"{shown(occurrence)} orders tasks by timing"
        entered = occurrence.use.name.endswith("enter__")
        if entered and isinstance(occurrence.node, ast.Call):
            return None
        if occurrence.effect == "sync_use" and _is_shared(occurrence.activation, occurrence.node):
            return f"{shown(occurrence)}: who gets it first depends on what else runs here"
        return None

    return reaching(rule, program, what)


def _is_shared(activation: Activation, node: ast.AST) -> bool:
    """Whether what is used belongs to the module, or to an object that the run did not make."""
    holder = node.func if isinstance(node, ast.Call) else node
    while isinstance(holder, ast.Attribute):
        receiver = activation.receiver
        if is_self(activation, holder.value) and isinstance(receiver, InstanceRef):
            return is_shared(activation.returns.engine, receiver)
        holder = holder.value
    return isinstance(holder, ast.Name) and holder in activation.globals_read


RULE = Rule(
    code="DBS407",
    name="task-synchronization",
    severity=Severity.WARNING,
    summary="a workflow coordinates its tasks or runs with locks, events or queues",
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
        """\
from threading import Lock

from dbos import DBOS

lock = Lock()


@DBOS.workflow()
def checkout(order_id: str) -> str:
    with lock:  # flags: DBS407
        return order_id
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
