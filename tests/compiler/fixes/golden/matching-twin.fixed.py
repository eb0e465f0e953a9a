"""Calls of the wrong form."""

from dbos import DBOS, Queue

queue = Queue("work")


@DBOS.workflow()
def child(name: str) -> str:
    """A child."""
    DBOS.sleep(1)
    return name


@DBOS.workflow()
async def parent(name: str) -> str:
    """A parent."""
    await DBOS.sleep_async(1)
    await DBOS.set_event_async("name", name)
    handle = await queue.enqueue_async(child, name)
    message = (await DBOS.recv_async("topic"))["text"]
    if await DBOS.get_event_async(handle.workflow_id, "x") == 1:
        return message
    return (await DBOS.start_workflow_async(child, name)).workflow_id
