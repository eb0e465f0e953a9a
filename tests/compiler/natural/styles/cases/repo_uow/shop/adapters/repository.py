from __future__ import annotations

import abc

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..domain.model import Order


class AbstractRepository(abc.ABC):
    def __init__(self) -> None:
        self.seen: list[Order] = []

    def add(self, order: Order) -> None:
        self._add(order)
        self.seen.append(order)

    def get(self, reference: str) -> Order | None:
        return self._get(reference)

    @abc.abstractmethod
    def _add(self, order: Order) -> None: ...

    @abc.abstractmethod
    def _get(self, reference: str) -> Order | None: ...


class SqlRepository(AbstractRepository):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def _add(self, order: Order) -> None:
        self.session.add(order)

    def _get(self, reference: str) -> Order | None:
        return self.session.scalar(select(Order).filter_by(reference=reference))  # flags: DBS205
