"""race: a workflow goes on with whichever task finishes first.

In: the analysed program. Out: the findings of DBS404. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dbos_build.analysis.effects import Occurrence
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, reaching, shown
from dbos_build.syntax import ancestors, parents_of

_SETTLING = frozenset({"cancel", "set_result", "set_exception"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """What answers in the order in which tasks happen to end."""
    return reaching(rule, program, _message)


def _message(occurrence: Occurrence) -> str | None:
    if occurrence.effect != "async_order" or _only_guards(occurrence):
        return None
    return f"{shown(occurrence)} goes on with whatever finishes first, which is a race"


def _only_guards(occurrence: Occurrence) -> bool:
    """Whether it is asked just to settle or cancel the same task, which changes no answer."""
    node, function = occurrence.node, occurrence.activation.function
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if function is None:
        return False
    holder = ast.dump(node.func.value)
    for outer in ancestors(node, parents_of(function.node)):
        if isinstance(outer, ast.If):
            return not outer.orelse and all(_settles(each, holder) for each in outer.body)
        if isinstance(outer, ast.stmt):
            return False
    return False


def _settles(statement: ast.stmt, holder: str) -> bool:
    """Whether a statement only cancels a task, or gives a future its outcome."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=task, attr=name))):
            return name in _SETTLING and ast.dump(task) == holder
    return False


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
    check=check,
)
