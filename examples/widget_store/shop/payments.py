"""Steps that talk to the payment service, and the names both sides use."""

from __future__ import annotations

import secrets

from dbos import DBOS
from shop import ledger

PAYMENT_LINK = "payment_link"
PAYMENT_STATUS = "payment_status"


@DBOS.step(retries_allowed=True, max_attempts=10)
def create_payment_link(order_id: str, amount_cents: int) -> str:
    """Ask the payment service for a page where the customer pays `amount_cents`."""
    ledger.record("create payment link", order_id)
    return f"https://pay.example.com/{secrets.token_hex(8)}?amount={amount_cents}"


@DBOS.step(retries_allowed=True, max_attempts=10)
def refund_payment(order_id: str, amount_cents: int) -> None:
    """Give the customer `amount_cents` back."""
    ledger.record("refund payment", order_id)
