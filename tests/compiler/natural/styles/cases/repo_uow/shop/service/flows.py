from __future__ import annotations

from dbos import DBOS

from ..domain.model import Order, OrderLine
from .unit_of_work import UnitOfWork


@DBOS.step()
def store_order(reference: str, skus: list[str]) -> int:
    with UnitOfWork() as work:
        order = Order(reference, [OrderLine(sku, 1, 100) for sku in skus])
        work.orders.add(order)
        work.commit()
        return order.total()


@DBOS.step()
def ship(reference: str) -> None:
    DBOS.logger.info("shipping %s", reference)


@DBOS.workflow()
def place(reference: str, skus: list[str]) -> int:
    draft = Order(reference, [OrderLine(sku, 1, 100) for sku in skus])
    if draft.total() > 1000:
        draft.status = "review"
    total = store_order(reference, skus)
    ship(reference)
    return total


@DBOS.workflow()
def reship(reference: str) -> str:
    with UnitOfWork() as work:
        order = work.orders.get(reference)
        if order is None:
            return "unknown"
        order.status = "shipping"
        work.commit()
    ship(reference)
    return "shipped"
