from dbos import DBOS, DBOSClient, Queue, SetEnqueueOptions

work = Queue("work", concurrency=2)
limited = Queue("limited", limiter={"limit": 3})  # flags: DBS827


@DBOS.step()
def step(name: str) -> str:
    return name


@DBOS.workflow()
def child(name: str, count: int = 1) -> str:
    return step(name) * count


@DBOS.workflow()
async def achild(name: str) -> str:
    return name


@DBOS.workflow()
def parent(names: list[str]) -> list[str]:
    handles = [work.enqueue(child, name, count=2) for name in names]
    with SetEnqueueOptions(priority=1):
        handles.append(work.enqueue(child, "x"))  # flags: DBS827
    first = DBOS.wait_first(handles)
    DBOS.start_workflow(child, names[0], cuont=2)  # flags: DBS821
    DBOS.send(first.workflow_id, "hello", topic="greet")
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
async def aparent(names: list[str]) -> list[str]:
    handles = [await work.enqueue_async(achild, name) for name in names]
    state = DBOS.get_event(handles[0].workflow_id, "state")  # flags: DBS809
    results = [await handle.get_result() for handle in handles]
    return [*results, str(state)]


@DBOS.step(retries_allowed=True, max_attempts=0)
def never(name: str) -> str:  # flags: DBS817
    return name


def outside(url: str) -> None:
    client = DBOSClient(system_database_url=url)
    client.enqueue({"workflow_name": "child", "queue_name": "wrok"}, "x")  # flags: DBS811
    client.enqueue({"workflow_name": "child", "queue_name": "work"}, "x")
