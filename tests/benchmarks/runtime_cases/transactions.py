"""Transactions: one statement of the user's and the checkpoint."""

from __future__ import annotations

from sqlalchemy import text

from bench import Bench
from dbos import DBOS
from rows import raw
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


def measure(bench: Bench) -> dict[str, float]:
    """Transactions per second, on the system database."""
    bench.launch(application_database_url=bench.url)
    with raw(bench.url) as connection:
        connection.execute("CREATE TABLE rows (number INTEGER)")
    many(10)
    return {"sequential /s": rate(TRANSACTIONS, lambda: many(TRANSACTIONS))}
