"""forgotten-await: a workflow calls a durable coroutine and never awaits it.

In: the analysed program. Out: the findings of DBS406. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.effects import Reached
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.rules.coroutines import most_work
from dbos_build.rules.rule import Rule, places_within
from dbos_build.symbols import statements
from dbos_build.syntax import every
from dbos_build.values import NOTHING, Coroutine, External, Value


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable coroutines that are made and dropped."""
    return places_within(rule, program, ("workflow",), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """Statements that only call a durable coroutine, and variables that hold one in vain."""
    activation = item.activation
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return
    used = {node.id for node in every(function.node, ast.Name) if isinstance(node.ctx, ast.Load)}
    for statement in statements(function.node.body):
        value: ast.expr | None = None
        if isinstance(statement, ast.Expr):
            value = statement.value
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = statement.value if statement.targets[0].id not in used else None
        if not isinstance(value, ast.Call):
            continue
        atoms = activation.values.get(value, NOTHING).atoms
        callee = activation.values.get(value.func, NOTHING)
        is_made = any(isinstance(atom, Coroutine) for atom in atoms) and not _schedules(callee)
        if is_made and most_work(activation.values[value]):
            yield value, "the coroutine is never awaited, so nothing happens"


def _schedules(callee: Value) -> bool:
    """Whether a callee makes a task, which runs without an await."""
    return any(isinstance(atom, External) for atom in callee.atoms) and not any(
        isinstance(atom, External) and atom.name.startswith("dbos.") for atom in callee.atoms
    )


RULE = Rule(
    code="DBS406",
    name="forgotten-await",
    severity=Severity.ERROR,
    summary="a workflow calls a durable coroutine and never awaits it",
    why="Nothing happens: the step is silently left out, and the workflow still succeeds.",
    instead="Await it, or keep the coroutine and gather it.",
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
async def checkout(name: str) -> str:
    charge(name)  # flags: DBS406
    return name
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
    waiting = charge(name)
    return await waiting
""",
    ),
    check=check,
)
