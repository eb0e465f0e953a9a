import zlib

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID

parts = Queue("parts", partition_queue=True)
fast = Queue("fast")


@DBOS.workflow()
def handle(key: str) -> str:
    return key


@DBOS.workflow()
def route(keys: list[str]) -> list[str]:
    ids = []
    for key in keys:
        shard = hash(key) % 8  # flags: DBS503
        with SetEnqueueOptions(queue_partition_key=str(shard)):  # flags: DBS105
            ids.append(parts.enqueue(handle, key).workflow_id)
    return ids


@DBOS.workflow()
def route_well(keys: list[str]) -> list[str]:
    ids = []
    for key in keys:
        with SetEnqueueOptions(queue_partition_key=str(zlib.crc32(key.encode()) % 8)):
            ids.append(parts.enqueue(handle, key).workflow_id)
    return ids


@DBOS.workflow()
def forgets(key: str) -> str:
    parts.enqueue(handle, key)  # flags: DBS827
    with SetWorkflowID("fixed"):  # maybe: DBS823
        return fast.enqueue(handle, key).workflow_id
