from __future__ import annotations

import requests
from dbos import DBOS

import handlers  # noqa: F401
from events import OrderFailed, OrderPlaced, publish
from saga import Saga


@DBOS.step()
def reserve(order_id: str) -> str:
    return requests.post("https://stock.example.com/reserve", json={"id": order_id}).text


@DBOS.step()
def release(order_id: str) -> None:
    requests.post("https://stock.example.com/release", json={"id": order_id})


@DBOS.step()
def charge(order_id: str, cents: int) -> str:
    return requests.post("https://pay.example.com", json={"id": order_id, "cents": cents}).text


def refund(order_id: str) -> None:
    requests.post("https://pay.example.com/refund", json={"id": order_id})  # flags: DBS201


@DBOS.workflow()
def place(order_id: str, cents: int) -> str:
    saga = Saga()
    try:
        saga.add(lambda: reserve(order_id), lambda: release(order_id))
        saga.add(lambda: charge(order_id, cents), lambda: refund(order_id))
    except Exception as error:
        saga.roll_back()
        publish(OrderFailed(order_id, str(error)))
        return "failed"
    publish(OrderPlaced(order_id, cents))
    return "placed"
