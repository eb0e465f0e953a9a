"""decorator-order: decorators are in the wrong order.

In: the analysed program. Out: the findings of DBS813. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.names.symbols import Function
from dbos_build.rules.rule import Rule, once

_ROUTES = frozenset(
    {"get", "post", "put", "delete", "patch", "head", "options", "route", "api_route"}
) | frozenset({"websocket", "task", "command", "cell"})
_BINDING = frozenset({"staticmethod", "classmethod"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable functions with a decorator below that belongs above."""

    def found() -> Iterator[Finding]:
        for declaration in (*program.workflows, *program.steps, *program.transactions):
            below = _below(declaration)
            if below is not None:
                message = f"`@{below}` stands below the durable decorator; it belongs above"
                yield rule.finding(declaration.path, declaration.node, message)

    return once(found())


def _below(declaration: Declaration) -> str | None:
    """A decorator under the durable one that would have to be over it."""
    function = declaration.entity
    if not isinstance(function, Function):
        return None
    seen = False
    for decorator in function.decorators:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        if decorator is declaration.decorator:
            seen = True
        elif seen and isinstance(named, ast.Name) and named.id in _BINDING:
            return named.id
        elif seen and isinstance(named, ast.Attribute):
            is_route = isinstance(decorator, ast.Call) and named.attr in _ROUTES
            if is_route or named.attr == "scheduled":
                return ast.unparse(named)
    return None


RULE = Rule(
    code="DBS813",
    name="decorator-order",
    severity=Severity.ERROR,
    summary="decorators are in the wrong order",
    why=(
        "A decorator sees only what is below it: a route or schedule below the workflow "
        "decorator registers the plain function, which is not durable."
    ),
    instead="Put routes, schedules, staticmethod and classmethod above the durable decorator.",
    bad=(
        """\
from fastapi import FastAPI

from dbos import DBOS

app = FastAPI()


@DBOS.workflow()
@app.get("/orders")
def orders() -> str:  # flags: DBS813
    return "done"
""",
    ),
    good=(
        """\
from fastapi import FastAPI

from dbos import DBOS

app = FastAPI()


@app.get("/orders")
@DBOS.workflow()
def orders() -> str:
    return "done"
""",
    ),
    check=check,
)
