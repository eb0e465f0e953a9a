"""Options of queues that do not fit how they are used."""

from dbos import DBOS, Queue, SetEnqueueOptions

users = Queue("users", partition_queue=True)
plain = Queue("plain")
no_period = Queue("no period", limiter={"limit": 5})  # flags: DBS827
no_limit = Queue("no limit", limiter={"period": 60})  # flags: DBS827
wrong_key = Queue("wrong key", limiter={"limit": 5, "seconds": 60})  # flags: DBS827
more_workers = Queue("more workers", concurrency=2, worker_concurrency=5)  # flags: DBS827


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def without_key(name: str) -> str:
    return users.enqueue(child, name).workflow_id  # flags: DBS827


@DBOS.workflow()
def priority(name: str) -> str:
    with SetEnqueueOptions(priority=1):
        return plain.enqueue(child, name).workflow_id  # flags: DBS827


@DBOS.workflow()
def key_without_partitions(name: str) -> str:
    with SetEnqueueOptions(queue_partition_key=name):
        return plain.enqueue(child, name).workflow_id  # flags: DBS827


misspelt = Queue("misspelt", concurency=3)  # flags: DBS827
