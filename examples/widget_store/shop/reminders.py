"""A reminder that may sleep for weeks and is sent once, however often the shop restarts."""

from __future__ import annotations

from dbos import DBOS
from shop.shipping import send_email


@DBOS.workflow()
def remind(order_id: str, email: str, wait_seconds: float) -> None:
    """Confirm now, sleep durably, remind later."""
    send_email(order_id, email, "we have your order")
    DBOS.sleep(wait_seconds)
    send_email(order_id, email, "how do you like your widgets?")
