from __future__ import annotations

from dbos import DBOS

from repository import SqlRepository, UnitOfWork
from tables import Account


@DBOS.transaction()
def freeze(account_id: int) -> None:
    SqlRepository(DBOS.sql_session).freeze(account_id)


@DBOS.transaction()
def balance_of(account_id: int) -> int:
    account = DBOS.sql_session.get(Account, account_id)
    return account.balance if account.can_pay(0) else 0


@DBOS.workflow()
def pay(source: int, target: int, cents: int) -> str:
    with UnitOfWork() as work:
        account = work.accounts.get(source)
        if not account.can_pay(cents):
            freeze(source)
            return "refused"
        account.balance -= cents
        work.accounts.get(target).balance += cents
        work.commit()
    return "paid"


@DBOS.workflow()
def solvent(account_id: int, cents: int) -> bool:
    return balance_of(account_id) >= cents


@DBOS.workflow()
def money_supply() -> int:
    with UnitOfWork() as work:
        return work.accounts.total()
