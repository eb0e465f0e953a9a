"""Transactions: one statement of the user's and the checkpoint."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from dbos import DBOS
from timing import rate

TRANSACTIONS = 200


@DBOS.transaction()
def insert(number: int) -> int:
    """One row."""
    DBOS.sql_session.execute(text("INSERT INTO rows (number) VALUES (:number)"), {"number": number})
    return number


@DBOS.workflow()
def many(count: int) -> int:
    """`count` transactions."""
    return sum(insert(number) for number in range(count))


def measure(url: str) -> dict[str, float]:
    """Transactions per second."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rows (number INTEGER)"))
    engine.dispose()
    many(10)
    return {"sequential /s": rate(TRANSACTIONS, lambda: many(TRANSACTIONS))}
