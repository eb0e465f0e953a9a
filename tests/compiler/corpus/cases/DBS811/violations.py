"""Queues with one name and two meanings, and names that no queue has."""

from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders", concurrency=5)
orders_again = Queue("orders", concurrency=10)  # flags: DBS811
mails = Queue("mails")
mails_limited = Queue("mails", limiter={"limit": 5, "period": 60})  # flags: DBS811
partitioned = Queue("users", partition_queue=True)
plain = Queue("users")  # flags: DBS811
client = DBOSClient("sqlite:///shop.sqlite")


@DBOS.workflow()
def child(name: str) -> str:
    return name


def unknown(name: str) -> object:
    return client.enqueue({"workflow_name": "child", "queue_name": "ordres"}, name)  # flags: DBS811


def unknown_again(name: str) -> object:
    options = {"workflow_name": "child", "queue_name": "nothing"}
    return client.enqueue(options, name)  # flags: DBS811


async def unknown_later(name: str) -> object:
    return await client.enqueue_async({"workflow_name": "child", "queue_name": "mail"}, name)  # flags: DBS811
