"""Workflows; every mistake is three files away."""

from dbos import DBOS
from store.service import OrderService, service


@DBOS.workflow()
def place_order(name: str) -> str:
    return service.place(name)


@DBOS.workflow()
def newest_order(name: str) -> int:
    return OrderService.newest()
