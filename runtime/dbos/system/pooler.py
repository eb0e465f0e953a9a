"""Connections that a pooler lends for one transaction at a time, such as PgBouncer's.

In: a fresh connection to Postgres. Out: whether a pooler stands between, and the connection made
ready for that: the settings that it needs for the session, or for each transaction. Never asks
again: a connection stays what it was when it was opened.

Behind a pooler two statements of one connection may run in two sessions of the server, so nothing
may be left in a session: no prepared statement, no LISTEN. A pooler shows itself by the process id
that the server announces when a connection begins: it is the pooler's own invention. A pooler that
passes the true one on is noticed when a statement fails for a session's sake, see
``dialect.is_transient``.
"""

from __future__ import annotations

from typing import Any

# "There is no such prepared statement", and "there is one already".
OF_ANOTHER_SESSION = ("26000", "42P05")
# What the server says to a process that it ended because of `GIVES_UP`.
GAVE_UP = "25P03"
# A process that is stopped amid a transaction, as by a pause of its machine, keeps its locks, of a
# queue or a row. The server ends it after a while, or it would hold up all others until it goes on.
GIVES_UP = ("idle_in_transaction_session_timeout", "5s")
# How long a statement of the one writer of a process waits for a lock of somebody else, before it
# steps aside for all other writes: see ``commit``. Long beside a commit, short beside `GIVES_UP`.
STEPS_ASIDE = ("lock_timeout", "100ms")
# "The lock is not available".
HELD_ELSEWHERE = "55P03"


def adapt(connection: Any) -> None:
    """Let the driver prepare nothing on a connection that a pooler lends.

    The connection is in autocommit mode, or its caller ends the transaction that this begins.
    """
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    if row[0] != connection.info.backend_pid:
        connection.prepare_threshold = None


def is_lent(connection: Any) -> bool:
    """Whether ``adapt`` found a pooler before this connection."""
    return connection.prepare_threshold is None


def bound(connection: Any, *, steps_aside: bool = False) -> None:
    """Let the server end the transactions of a connection that was adapted when they stand still.

    Only for connections whose transactions never wait for a program. With ``steps_aside``, also
    its waits for locks.
    """
    if not is_lent(connection):
        _set(connection, steps_aside, for_transaction=False)


def begin(connection: Any, *, steps_aside: bool = False) -> None:
    """Begin a transaction; what a pooler lends for it has to be bound for it alone."""
    connection.execute("BEGIN")
    if is_lent(connection):
        _set(connection, steps_aside, for_transaction=True)


def _set(connection: Any, steps_aside: bool, *, for_transaction: bool) -> None:
    settings = (GIVES_UP, STEPS_ASIDE) if steps_aside else (GIVES_UP,)
    calls = (f"set_config('{name}', '{value}', {for_transaction})" for name, value in settings)
    connection.execute(f"SELECT {', '.join(calls)}")
