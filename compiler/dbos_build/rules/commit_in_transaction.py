"""commit-in-transaction: a transaction commits or rolls back by itself.

In: the analysed program. Out: the findings of DBS807. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Target, Use
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, flags_in

_ENDING = frozenset({"commit", "rollback", "begin", "close"})


@per_call("session")
def _message(target: Target) -> str | None:
    """What is wrong with a use, if anything."""
    if isinstance(target, Use) and "session" in target.effects:
        tail = target.name.rpartition(".")[2]
        if tail in _ENDING:
            return f"`{tail}` in a transaction; DBOS commits it together with its checkpoint"
    return None


RULE = Rule(
    code="DBS807",
    name="commit-in-transaction",
    severity=Severity.ERROR,
    summary="a transaction commits or rolls back by itself",
    why=(
        "The checkpoint is committed together with the statements; a commit of your own tears "
        "them apart."
    ),
    instead="Return to commit, raise to roll back, or use begin_nested() for a savepoint.",
    bad=(
        """\
from dbos import DBOS


@DBOS.transaction()
def store() -> None:
    DBOS.sql_session.commit()  # flags: DBS807
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.transaction()
def store() -> None:
    with DBOS.sql_session.begin_nested():
        DBOS.sql_session.execute("select 1")
""",
    ),
    check=flags_in("transaction"),
    looks=(_message,),
)
