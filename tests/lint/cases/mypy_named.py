"""Workflows that are started by name, as mypy sees them with our plugin and a registry.

Expected errors are trailing comments. The registry is built of `shop`, which is not imported here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

import dbos_registry
from dbos import DBOS, DBOSClient, Debouncer, DebouncerClient, EnqueueOptions, WorkflowHandle

NAME: Final = "checkout"
client = DBOSClient("sqlite:///x.sqlite")
options: EnqueueOptions = {"workflow_name": NAME, "queue_name": "orders"}

client.enqueue({"workflow_name": "checkout", "queue_name": "orders"}, "a", 2)
client.enqueue({"workflow_name": "checkout", "queue_name": "orders"}, 3)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
client.enqueue(options, "a", "b")  # E: Argument 2 to "checkout" has incompatible type "str"; expected "int"
client.enqueue(options, "a", cents="b")  # E: Argument 2 to "checkout" has incompatible type "str"; expected "int"
client.enqueue(options, order_id="a", cents=1)
client.enqueue(options)  # E: Missing positional argument "order_id" in call to "checkout"
client.enqueue(options, *("a", "b"))  # E: Argument 1 to "checkout" has incompatible type
client.enqueue(options=EnqueueOptions(workflow_name="Shop.audit", queue_name="q"))  # E: Missing positional argument "day" in call to "audit" of "Shop"
client.enqueue({"workflow_name": "Shop.audit", "queue_name": "q"}, "monday")
client.enqueue({"workflow_name": "nobody", "queue_name": "q"}, 5)
known: WorkflowHandle[str] = client.enqueue(options, "a")
wrong: WorkflowHandle[int] = client.enqueue(options, "a")  # E: Incompatible types in assignment
DBOS.enqueue_workflow_with_options(options, 3)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"

Debouncer("checkout").debounce("key", 1.0, "a")
Debouncer("checkout").debounce("key", 1.0, 1)  # E: Argument 3 to "debounce" of "Debouncer" has incompatible type "int"; expected "str"
Debouncer("nobody").debounce("key", 1.0, 1)

put = client.enqueue
put(options, "a")
put(options, 1)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
debouncer = DebouncerClient(client, options)
debouncer.debounce("key", 1.0, "a", 2)
debouncer.debounce("key", 1.0, 1)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
debouncer.debounce("key", 1.0)  # E: Missing positional argument "order_id" in call to "checkout"
bounced: WorkflowHandle[int] = debouncer.debounce("key", 1.0, "a")  # E: Incompatible types in assignment
DebouncerClient(client, workflow_options=options).debounce("key", 1.0, 1)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
DebouncerClient(client, {"workflow_name": "nobody"}).debounce("key", 1.0, 1)

with dbos_registry.registry.connect() as connection:
    connection.enqueue(options, 5)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"


def changed(name: str, transaction: Connection) -> None:
    mine: EnqueueOptions = {"workflow_name": "checkout", "queue_name": "orders"}
    mine["workflow_name"] = name
    client.enqueue(mine, 5)
    again: EnqueueOptions = {"workflow_name": "checkout", "queue_name": "orders"}
    again.update({"workflow_name": "other"})
    client.enqueue(again, 5)
    more: EnqueueOptions = {"workflow_name": "checkout", "queue_name": "orders"}
    more["priority"] = 3
    client.enqueue(more, 5)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
    client.enqueue({"workflow_name": name, "queue_name": "orders"}, 5)
    client.enqueue_in_transaction(transaction, more, 5)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"


def two(first: bool) -> None:
    either = DebouncerClient(client, options)
    if first:
        either = DebouncerClient(client, {"workflow_name": "Shop.audit"})
    either.debounce("key", 1.0, 5)


async def later() -> None:
    handle = await client.enqueue_async(options, "a")
    text: str = await handle.get_result()
    bounced = await debouncer.debounce_async("key", 1.0, "a")
    text = await bounced.get_result()
    await debouncer.debounce_async("key", 1.0, 1)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
    await client.enqueue_async(options, 1)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
    await DBOS.enqueue_workflow_with_options_async(options, 1)  # E: Argument 1 to "checkout" has incompatible type "int"; expected "str"
