from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tables import Account, SessionFactory


class AbstractRepository(ABC):
    @abstractmethod
    def get(self, account_id: int) -> Account: ...

    @abstractmethod
    def total(self) -> int: ...


class SqlRepository(AbstractRepository):
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, account_id: int) -> Account:
        return self.session.query(Account).filter_by(id=account_id).one()  # flags: DBS205

    def total(self) -> int:
        return self.session.scalar(select(func.sum(Account.balance))) or 0  # flags: DBS205

    def freeze(self, account_id: int) -> None:
        statement = update(Account).where(Account.id == account_id).values(frozen=True)
        self.session.execute(statement)


class UnitOfWork:
    accounts: AbstractRepository

    def __init__(self, factory=SessionFactory) -> None:
        self._factory = factory

    def __enter__(self) -> UnitOfWork:
        self.session: Session = self._factory()
        self.accounts = SqlRepository(self.session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.rollback()  # flags: DBS205
        self.session.close()

    def commit(self) -> None:
        self.session.commit()  # flags: DBS205
