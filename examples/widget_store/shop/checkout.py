"""The checkout: reserve, send a payment link, wait for the payment, dispatch or give back."""

from __future__ import annotations

from dbos import DBOS
from shop.catalog import Order, total_cents
from shop.inventory import release_stock, reserve_stock
from shop.payments import PAYMENT_LINK, PAYMENT_STATUS, create_payment_link, refund_payment
from shop.shipping import dispatch, send_email

PAYMENT_TIMEOUT_SECONDS = 900.0


@DBOS.workflow()
def checkout(order: Order) -> str:
    """Bring one order from the cart to the parcel; returns what became of it."""
    amount_cents = total_cents(order)
    reserve_stock(order)
    DBOS.set_event(PAYMENT_LINK, create_payment_link(order.order_id, amount_cents))

    status = DBOS.recv(PAYMENT_STATUS, timeout_seconds=PAYMENT_TIMEOUT_SECONDS)
    if status != "paid":
        release_stock(order)
        return "not paid: the goods went back on the shelf"
    return deliver(order, amount_cents)


def deliver(order: Order, amount_cents: int) -> str:
    """Dispatch a paid order, or refund it when no carrier takes it."""
    try:
        tracking_number = dispatch(order)
    except OSError:
        refund_payment(order.order_id, amount_cents)
        release_stock(order)
        return "refunded: no carrier took the parcel"
    send_email(order.order_id, order.email, "your parcel is on its way")
    return f"dispatched as {tracking_number}"
