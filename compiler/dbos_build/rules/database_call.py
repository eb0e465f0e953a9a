"""database-call: a workflow talks to a database outside of transactions and steps.

In: the analysed program. Out: the findings of DBS205. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS205",
    name="database-call",
    severity=Severity.ERROR,
    summary="a workflow talks to a database outside of transactions and steps",
    why=("The statement runs again on every recovery: reads see newer data, writes happen twice."),
    instead="Use a function under @DBOS.transaction() with DBOS.sql_session, or a step.",
    bad=(
        """\
import sqlite3

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    connection = sqlite3.connect("shop.db")  # flags: DBS205
    return connection.execute("select 1").fetchone()[0]  # flags: DBS205
""",
    ),
    good=(
        """\
from sqlalchemy import column, select

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(select(column("id")).where(column("id") == order_id))
""",
        """\
import sqlite3

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return sqlite3.connect("shop.db").execute("select 1").fetchone()[0]


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(
        frozenset({"database"}), "talks to a database in a workflow; use a transaction or a step"
    ),
)
