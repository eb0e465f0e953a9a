"""forgotten-await: a durable coroutine is made and never awaited.

In: the analysed program. Out: the findings of DBS406. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from types import CoroutineType

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, Coroutine, External, Value
from dbos_build.nodes import parents_of
from dbos_build.rules.coroutines import most_work
from dbos_build.rules.looks import COROUTINE, per_activation
from dbos_build.rules.rule import Rule, noted, once
from dbos_build.rules.survey import survey_of
from dbos_build.syntax import every, own


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable coroutines that are made and dropped, in durable functions and in plain code."""
    kinds = ("workflow", "step", "transaction")
    return once(
        (
            *noted(rule, program, kinds, _dropped, _judge),
            *(
                rule.finding(activation.module.path, node, message)
                for activation, node, made in survey_of(program, rule.looks).in_plain_code(_dropped)
                for message in [_judge(activation, node, made)]
                if message is not None
            ),
        )
    )


def _judge(activation: Activation, node: ast.AST, made: Value) -> str | None:
    """What is wrong with a value that is dropped, if it is a coroutine that would do something."""
    return "the coroutine is never awaited, so nothing happens" if most_work(made) else None


@per_activation(COROUTINE)
def _dropped(activation: Activation) -> Iterator[tuple[ast.Call, Value]]:
    """The coroutines that a function makes in a statement alone, or for a variable in vain."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return
    for statement in own(function.node, ast.Expr, ast.Assign):
        value = statement.value
        if not isinstance(value, ast.Call):
            continue
        made = activation.values.get(value, NOTHING)
        if not any(isinstance(atom, Coroutine) for atom in made.atoms):
            continue
        if _schedules(activation.values.get(value.func, NOTHING)):
            continue
        is_sure = all(isinstance(atom, Coroutine) for atom in made.atoms)
        if isinstance(statement, ast.Expr) or _is_in_vain(
            function.node, statement.targets[0], is_sure
        ):
            yield value, made


def _is_in_vain(node: ast.AST, target: ast.expr, is_sure: bool) -> bool:
    """Whether something is assigned to a local variable that nothing reads.

    Or that is taken for its result, where it is a coroutine for sure and nothing else is assigned.
    """
    if not isinstance(target, ast.Name):
        return False
    if any(target.id in outer.names for outer in every(node, ast.Global, ast.Nonlocal)):
        return False
    named = [name for name in every(node, ast.Name) if name.id == target.id]
    read = [name for name in named if isinstance(name.ctx, ast.Load)]
    if not read or not is_sure or len(named) - len(read) > 1:
        return not read
    parents = parents_of(node)
    return all(_is_taken_for_data(name, parents[name]) for name in read)


def _is_taken_for_data(name: ast.Name, parent: ast.AST) -> bool:
    """Whether an expression does with a value what no coroutine can do."""
    match parent:
        case ast.Attribute(attr=attribute):
            return not hasattr(CoroutineType, attribute)
        case ast.keyword(arg=None) | ast.BinOp():
            return True
        case ast.Subscript() | ast.For() | ast.comprehension():
            return name in (getattr(parent, "value", None), getattr(parent, "iter", None))
        case ast.Dict(keys=keys, values=values):
            return keys[values.index(name)] is None if name in values else False
    return False


def _schedules(callee: Value) -> bool:
    """Whether a callee makes a task, which runs without an await."""
    return any(isinstance(atom, External) for atom in callee.atoms) and not any(
        isinstance(atom, External) and atom.name.startswith("dbos.") for atom in callee.atoms
    )


RULE = Rule(
    code="DBS406",
    name="forgotten-await",
    severity=Severity.ERROR,
    summary="a durable coroutine is called and never awaited",
    why=(
        "Nothing happens: the step is silently left out, and the workflow still succeeds; a "
        "workflow that plain code calls like that never begins."
    ),
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
    looks=(_dropped,),
)
