from dbos import DBOS
from sqlalchemy import text


@DBOS.transaction(isolation_level="SERIALIZABLE")
def withdraw(account: str, cents: int) -> None:
    DBOS.sql_session.execute(
        text("update accounts set cents = cents - :c where id = :a"), {"c": cents, "a": account}
    )


@DBOS.transaction()
def deposit(account: str, cents: int) -> None:
    _check(account)
    DBOS.sql_session.execute(
        text("update accounts set cents = cents + :c where id = :a"), {"c": cents, "a": account}
    )
    log_deposit(account)  # flags: DBS802


def _check(account: str) -> None:
    if not DBOS.sql_session.execute(text("select 1 from accounts where id=:a"), {"a": account}).first():
        raise ValueError(account)


@DBOS.step()
def log_deposit(account: str) -> None:
    print(account)
