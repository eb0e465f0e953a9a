"""session-outside-transaction: DBOS.sql_session is used outside of a transaction.

In: the analysed program. Out: the findings of DBS805. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Target, Use
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, flags_in


@per_call("dbos.DBOS.sql_session")
def _message(target: Target) -> str | None:
    """What is wrong with a use, if anything."""
    if isinstance(target, Use) and target.name == "dbos.DBOS.sql_session":
        return "the session exists only in transactions"
    return None


RULE = Rule(
    code="DBS805",
    name="session-outside-transaction",
    severity=Severity.ERROR,
    summary="DBOS.sql_session is used outside of a transaction",
    why="There is a session only while a transaction runs; elsewhere the access fails.",
    instead="Move the statement into a function under @DBOS.transaction().",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout() -> None:
    DBOS.sql_session.execute("select 1")  # flags: DBS805
""",
    ),
    good=(
        """\
from dbos import DBOS


def run() -> None:
    DBOS.sql_session.execute("select 1")


@DBOS.transaction()
def store() -> None:
    run()


@DBOS.workflow()
def checkout() -> None:
    store()
""",
    ),
    check=flags_in("workflow", "step"),
    looks=(_message,),
    needs_whole=True,
)
