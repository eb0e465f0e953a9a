"""Stubs of a generated registry, called in workflows and in what these call."""

import shop.dbos_registry
from dbos import DBOS
from shop import dbos_registry as stubs
from shop.dbos_registry import Shop, checkout
from shop.dbos_registry import pack as pack_stub


def ask(order_id: str) -> str:
    return checkout.retrieve(order_id).workflow_id  # flags: DBS832


@DBOS.workflow()
def start(order_id: str) -> str:
    checkout.start(order_id)  # flags: DBS832
    pack_stub.enqueue(order_id)  # flags: DBS832
    stubs.pack.start(order_id)  # flags: DBS832
    shop.dbos_registry.pack.start(order_id)  # flags: DBS832
    pack_stub.on("packing").enqueue(order_id)  # flags: DBS832
    Shop("main").open.start(9)  # flags: DBS832
    return ask(order_id)


@DBOS.workflow()
async def start_async(order_id: str) -> None:
    await checkout.start_async(order_id)  # flags: DBS832
    await pack_stub.enqueue_async(order_id)  # flags: DBS832
