"""Options of queues that fit."""

from dbos import DBOS, Queue, SetEnqueueOptions

users = Queue("users", partition_queue=True)
urgent = Queue("urgent", priority_enabled=True)
limited = Queue("limited", limiter={"limit": 5, "period": 60})
workers = Queue("workers", concurrency=10, worker_concurrency=5)
plain = Queue("plain")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def with_key(name: str) -> str:
    with SetEnqueueOptions(queue_partition_key=name):
        return users.enqueue(child, name).workflow_id


@DBOS.workflow()
def with_priority(name: str) -> str:
    with SetEnqueueOptions(priority=1):
        return urgent.enqueue(child, name).workflow_id


@DBOS.workflow()
def without_options(name: str) -> str:
    return plain.enqueue(child, name).workflow_id


@DBOS.workflow()
def deduplicated(name: str) -> str:
    with SetEnqueueOptions(deduplication_id=name):
        return plain.enqueue(child, name).workflow_id


@DBOS.workflow()
def limited_work(name: str) -> str:
    return limited.enqueue(child, name).workflow_id


@DBOS.workflow()
def no_priority_needed(name: str) -> str:
    return urgent.enqueue(child, name).workflow_id


spelt = Queue("spelt", concurrency=3, polling_interval_sec=0.5)
