"""Retried steps that may happen twice, and steps that do not."""

import requests
import stripe

from dbos import DBOS


@DBOS.step(retries_allowed=True)
def charge_with_key(order_id: str) -> str:
    return stripe.Charge.create(amount=500, currency="eur", idempotency_key=order_id).id


@DBOS.step()
def charge_once(order_id: str) -> str:
    return stripe.Charge.create(amount=500, currency="eur").id


@DBOS.step(retries_allowed=True)
def reads(order_id: str) -> str:
    return requests.get(f"https://pay.example.com/{order_id}").text


@DBOS.step(retries_allowed=True)
def retrieves(charge_id: str) -> str:
    return stripe.Charge.retrieve(charge_id).id


@DBOS.step(retries_allowed=True)
def replaces(order_id: str) -> int:
    return requests.put(f"https://pay.example.com/{order_id}", json={}).status_code


@DBOS.step(retries_allowed=True)
def key_in_the_header(order_id: str) -> int:
    headers = {"Idempotency-Key": order_id}
    return requests.post("https://pay.example.com", headers=headers).status_code


@DBOS.step(retries_allowed=False)
def post_once(order_id: str) -> int:
    return requests.post("https://pay.example.com", json={"id": order_id}).status_code
