"""built-sql: SQL is put together from values.

In: the analysed program. Out: the findings of DBS830. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.analysis.texts import is_built
from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Target, Use
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, judged_in

_TEXTS = frozenset(
    {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text"}
)
_RUNNING = frozenset(
    {"execute", "executemany", "executescript", "exec_driver_sql", "fetch", "fetchrow", "fetchval"}
)


@per_activation(*_TEXTS, "session", "database")
def _statements(activation: Activation) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The statements that one function sends, with their text where it is not plainly constant."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call) or not node.args or not any(map(_takes_sql, targets)):
            continue
        if not isinstance(node.args[0], ast.Constant):
            yield node, node.args[0]


def _judge(activation: Activation, node: ast.Call, text: ast.expr) -> str | None:
    """What is wrong with a statement, if it is put together."""
    if is_built(activation, text):
        return "this SQL holds a value in its text; bind it as a parameter"
    return None


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
    check=judged_in("transaction", "step", "workflow", judge=_judge),
    looks=(_statements,),
)
