"""Payments, whose functions are imported from orders, or have names of their own."""

from dbos import DBOS
from shop.orders import load, process


@DBOS.workflow(name="payments.process")
def process_payment(name: str) -> str:
    return process(load(name))
