"""Transactions that commit by themselves."""

from dbos import DBOS


@DBOS.transaction()
def store(name: str) -> None:
    """Stores."""
    DBOS.sql_session.execute(name)


@DBOS.transaction()
def finish(ready: bool) -> bool:
    """Finishes."""
    if ready:
        pass
    return ready
