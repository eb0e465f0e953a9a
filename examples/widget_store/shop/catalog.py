"""Widgets, orders and what they cost.

Everything here is deterministic, so workflows may call it directly.
"""

from __future__ import annotations

from dataclasses import dataclass

PRICES_CENTS = {"gadget": 1250, "gizmo": 499, "sprocket": 75}
FREE_SHIPPING_FROM_CENTS = 5000
SHIPPING_CENTS = 590


class UnknownWidgetError(ValueError):
    """An order names a widget that the shop does not sell."""


@dataclass(frozen=True)
class Order:
    """What a customer wants: widget names with quantities."""

    order_id: str
    email: str
    quantities: dict[str, int]


def goods_cents(order: Order) -> int:
    """The price of the goods in cents; raises UnknownWidgetError for a widget not on sale."""
    unknown = sorted(set(order.quantities) - set(PRICES_CENTS))
    if unknown:
        raise UnknownWidgetError(f"order {order.order_id}: no such widget: {', '.join(unknown)}")
    return sum(PRICES_CENTS[name] * count for name, count in order.quantities.items())


def total_cents(order: Order) -> int:
    """The price of the goods with shipping, in cents."""
    goods = goods_cents(order)
    return goods if goods >= FREE_SHIPPING_FROM_CENTS else goods + SHIPPING_CENTS
