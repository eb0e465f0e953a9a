"""Steps that keep the stock."""

from __future__ import annotations

from dbos import DBOS
from shop import ledger
from shop.catalog import Order


@DBOS.step()
def reserve_stock(order: Order) -> int:
    """Set the goods aside; returns the number of pieces."""
    ledger.record("reserve stock", order.order_id)
    return sum(order.quantities.values())


@DBOS.step()
def release_stock(order: Order) -> None:
    """Put reserved goods back on the shelf."""
    ledger.record("release stock", order.order_id)
