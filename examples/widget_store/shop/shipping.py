"""Steps that move parcels and write to customers."""

from __future__ import annotations

import secrets

from dbos import DBOS
from shop import ledger
from shop.catalog import Order


@DBOS.step(retries_allowed=True, interval_seconds=0.5, max_attempts=10, backoff_rate=2.0)
def dispatch(order: Order) -> str:
    """Hand the parcel to the carrier; returns its tracking number."""
    ledger.record("dispatch", order.order_id)
    return f"WS-{secrets.token_hex(4).upper()}"


@DBOS.step(name="pack_parcel")
def pack(order_id: str) -> str:
    """Put the goods in a box."""
    ledger.record("pack", order_id)
    return f"box for {order_id}"


@DBOS.step()
def send_email(order_id: str, email: str, subject: str) -> None:
    """Write to the customer."""
    ledger.record(f"email: {subject}", order_id)
