"""Retried steps whose effect happens twice when the first answer was lost."""

import requests
import stripe

from dbos import DBOS


@DBOS.step(retries_allowed=True)
def charge(order_id: str) -> str:
    return stripe.Charge.create(amount=500, currency="eur").id  # flags: DBS818:info


@DBOS.step(retries_allowed=True, max_attempts=5)
def post(order_id: str) -> int:
    return requests.post("https://pay.example.com", json={"id": order_id}).status_code  # flags: DBS818:info


def pay(order_id: str) -> str:
    return stripe.PaymentIntent.create(amount=500, currency="eur").id  # flags: DBS818:info


@DBOS.step(retries_allowed=True)
def by_helper(order_id: str) -> str:
    return pay(order_id)


class Shop:
    @DBOS.step(retries_allowed=True)
    def refund(self, charge_id: str) -> str:
        return stripe.Refund.create(charge=charge_id).id  # flags: DBS818:info


@DBOS.step(retries_allowed=True)
async def later(order_id: str) -> str:
    return stripe.Transfer.create(amount=500, currency="eur").id  # flags: DBS818:info


@DBOS.step(retries_allowed=True)
def with_session(order_id: str) -> int:
    with requests.Session() as session:
        return session.post("https://pay.example.com", json={}).status_code  # flags: DBS818:info
