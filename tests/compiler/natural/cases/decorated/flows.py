from __future__ import annotations

import random
from decimal import Decimal

import requests
from dbos import DBOS

from decorators import activity, audited, durable, retry, timed


@activity(max_attempts=5)
def stock(sku: str) -> int:
    return requests.get(f"https://stock.example.com/{sku}").json()["count"]


@activity()
def ship(sku: str, count: int) -> str:
    return requests.post("https://ship.example.com", json={"sku": sku, "count": count}).text


@retry(times=2)
def parse_amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


@timed
def slow_total(amounts: list[str]) -> Decimal:
    return sum((parse_amount(amount) for amount in amounts), Decimal(0))


@durable(name="fulfil")
def fulfil(sku: str, amounts: list[str]) -> str:
    if stock(sku) < len(amounts):
        return "out of stock"
    total = slow_total(amounts)
    if total > 1000 and random.random() < 0.1:  # flags: DBS101
        return "manual check"
    return ship(sku, len(amounts))


@DBOS.workflow()
@audited
def returns(sku: str) -> str:
    return ship(sku, -1)


def restock(sku: str, count: int) -> int:
    response = requests.post("https://stock.example.com/order", json={"sku": sku})  # flags: DBS201
    return response.status_code


restock_workflow = DBOS.workflow()(restock)
