from __future__ import annotations

from types import TracebackType

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from ..adapters.repository import SqlRepository

SESSIONS = sessionmaker(bind=create_engine("sqlite:///shop.sqlite"))


class UnitOfWork:
    orders: SqlRepository

    def __init__(self, factory: sessionmaker[Session] = SESSIONS) -> None:
        self.factory = factory

    def __enter__(self) -> UnitOfWork:
        self.session = self.factory()
        self.orders = SqlRepository(self.session)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.rollback()  # flags: DBS205
        self.session.close()  # maybe: DBS205

    def commit(self) -> None:
        self.session.commit()  # flags: DBS205
