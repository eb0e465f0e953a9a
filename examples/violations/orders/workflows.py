"""Workflows that break at the first recovery."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

from dbos import DBOS
from orders import current_surcharge
from orders.clients import CarrierClient
from orders.pricing import free_shipping, lucky_discount, season_start, seeded_discount

carrier = CarrierClient("https://carrier.example.com/price", Path("prices.txt"))


@DBOS.step()
def charge(order_id: str, amount_cents: int) -> str:
    """A step may do anything."""
    return f"{order_id}:{amount_cents}:{time.time()}:{uuid.uuid4()}"


@DBOS.workflow()
def quote(order_id: str, price_cents: int) -> str:
    """The mistakes are in the helpers."""
    price_cents += price_cents * current_surcharge() // 100
    price_cents -= lucky_discount() + seeded_discount(order_id)
    if season_start().month == 12 and free_shipping():
        return charge(order_id, price_cents)
    return charge(order_id, price_cents + 590)


@DBOS.workflow()
def ship(order_id: str, weight_grams: int) -> str:
    """The mistakes are in the methods of an object."""
    return charge(carrier.label(order_id), carrier.price_cents(weight_grams))


@DBOS.workflow()
def invoice(order_id: str) -> str:
    """The mistakes are in the body."""
    number = uuid.uuid4().hex  # flags: DBS104
    due = time.time() + 14 * 86400  # flags: DBS001
    return charge(f"{order_id}-{number}", int(due))
