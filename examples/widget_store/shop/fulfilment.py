"""Packing: a queue that works on a few orders at a time, and a workflow that packs a batch."""

from __future__ import annotations

from dbos import DBOS, Queue
from shop.shipping import pack

packing_queue = Queue("packing", worker_concurrency=2)


@DBOS.workflow()
def pack_order(order_id: str) -> str:
    """Pack one order."""
    return pack(order_id)


@DBOS.workflow()
def pack_batch(order_ids: list[str]) -> list[str]:
    """Pack many orders through the queue; returns the boxes in the order given."""
    handles = [packing_queue.enqueue(pack_order, order_id) for order_id in order_ids]
    return [handle.get_result() for handle in handles]
