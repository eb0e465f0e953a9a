"""The counter: takes orders in a process that does not have the workflows' code.

`python -m shop.counter ORDER WIDGET=NUMBER…` imports the registry and the catalog, nothing else of
the shop; a `python -m shop serve`, now or later, runs the checkout.
"""

from __future__ import annotations

import os
import sys

from dbos import SetWorkflowID
from shop.catalog import Order
from shop.dbos_registry import checkout, registry

DATABASE_URL = os.environ.get("DBOS_SYSTEM_DATABASE_URL", "sqlite:///widget_store.sqlite")


def take(order_id: str, quantities: dict[str, int]) -> str:
    """Start the checkout of one order under the order's id; returns the id of the workflow."""
    with registry.connect(DATABASE_URL), SetWorkflowID(order_id):
        return checkout.start(Order(order_id, "ada@example.com", quantities)).workflow_id


if __name__ == "__main__":
    chosen = (text.partition("=") for text in sys.argv[2:])
    print(take(sys.argv[1], {name: int(count) for name, _, count in chosen}))
