"""Transactions that commit by themselves."""

from dbos import DBOS


@DBOS.transaction()
def store(name: str) -> None:
    """Stores."""
    DBOS.sql_session.execute(name)
    DBOS.sql_session.commit()  # fix DBS807: DBOS.sql_session.commit()


@DBOS.transaction()
def finish(ready: bool) -> bool:
    """Finishes."""
    if ready:
        DBOS.sql_session.commit()  # fix DBS807: DBOS.sql_session.commit()
    return ready
