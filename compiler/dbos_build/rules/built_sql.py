"""built-sql: SQL is put together from values.

In: the analysed program. Out: the findings of DBS830. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached
from dbos_build.analysis.program import Program
from dbos_build.analysis.texts import is_built
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Target, Use
from dbos_build.rules.rule import Rule, places_within

_TEXTS = frozenset(
    {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text"}
)
_RUNNING = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "fetch", "fetchrow", "fetchval"}
)


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Statements whose text holds a value."""
    return places_within(rule, program, ("transaction", "step", "workflow"), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """The statements of one function that are put together."""
    for node, targets in item.activation.calls.items():
        if not isinstance(node, ast.Call) or not node.args or not any(map(_takes_sql, targets)):
            continue
        if is_built(item.activation, node.args[0]):
            yield node, "this SQL holds a value in its text; bind it as a parameter"


def _takes_sql(target: Target) -> bool:
    """Whether the first argument of a call is a statement."""
    if not isinstance(target, Use):
        return False
    if target.name in _TEXTS:
        return True
    is_database = "session" in target.effects or "database" in target.effects
    return is_database and target.name.rpartition(".")[2] in _RUNNING


RULE = Rule(
    code="DBS830",
    name="built-sql",
    severity=Severity.WARNING,
    summary="SQL is put together from values",
    why="A value in the text of a statement can change what the statement does.",
    instead="Write :name in the statement and pass the value as a parameter.",
    bad=(
        """\
from sqlalchemy import text

from dbos import DBOS


@DBOS.transaction()
def find(name: str) -> object:
    query = text(f"SELECT id FROM orders WHERE name = '{name}'")  # flags: DBS830
    return DBOS.sql_session.execute(query).all()
""",
    ),
    good=(
        """\
from sqlalchemy import text

from dbos import DBOS


@DBOS.transaction()
def find(name: str) -> object:
    query = text("SELECT id FROM orders WHERE name = :name")
    return DBOS.sql_session.execute(query, {"name": name}).all()
""",
    ),
    check=check,
)
