import logging
import random
import time
from dataclasses import dataclass

import stripe

log = logging.getLogger(__name__)


class GatewayError(Exception):
    pass


@dataclass
class ChargeResult:
    id: str
    status: str


class StripeGateway:
    def __init__(self, api_key: str) -> None:
        self.api_key = api_key

    def charge(self, customer: str, cents: int, key: str) -> ChargeResult:
        for attempt in range(3):
            try:
                intent = stripe.PaymentIntent.create(
                    amount=cents, currency="eur", customer=customer, idempotency_key=key
                )
                return ChargeResult(intent.id, intent.status)
            except stripe.error.APIConnectionError:
                log.warning("attempt %d failed", attempt)
                time.sleep(2**attempt + random.random())
        raise GatewayError("stripe is down")

    def fee(self, cents: int) -> int:
        return round(cents * 0.014) + 25
