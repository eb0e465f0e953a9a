from __future__ import annotations

import logging
import warnings
from decimal import Decimal
from typing import Any

from dbos import DBOS
from sqlalchemy import text
from sqlalchemy.orm import Session

from money import Entry, Money, Side, balance, by_account

logger = logging.getLogger(__name__)


class Unbalanced(Exception):
    def __init__(self, total: Decimal, accounts: list[str]) -> None:  # flags: DBS853
        super().__init__(f"{total} left over")
        self.total = total
        self.accounts = accounts


def insert(session: Session, entry: Entry) -> None:
    session.execute(text("INSERT INTO entries VALUES (:a, :m)"), {"a": entry.account, "m": entry.signed})


def find(session: Session, account: str) -> list[Any]:
    return list(session.execute(text(f"SELECT * FROM entries WHERE account = '{account}'")))  # flags: DBS830


@DBOS.transaction()
def post(lines: list[tuple[str, str, str]]) -> int:
    for account, amount, side in lines:
        insert(DBOS.sql_session, Entry(account, Money.parse(amount), Side[side]))
    return len(find(DBOS.sql_session, lines[0][0]))


@DBOS.step()
def verify(total: Decimal) -> None:
    if total:
        raise Unbalanced(total, [])


@DBOS.workflow()
def book(lines: list[tuple[str, str, str]]) -> dict[str, Decimal]:
    entries = [Entry(account, Money.parse(amount), Side[side]) for account, amount, side in lines]
    totals = balance(entries)
    verify(sum(totals.values(), Decimal()))
    largest = max((entry.money.rounded() for entry in entries), default=Money(Decimal(), "EUR"))
    if len(by_account(entries)) < 2:
        warnings.warn("one account only", stacklevel=2)
    if largest + largest > Money.parse("1000 EUR"):
        logger.info("large")
    post(lines)
    return totals
