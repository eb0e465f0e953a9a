"""Calls of the wrong form."""

from dbos import DBOS, Queue

queue = Queue("work")


@DBOS.workflow()
def child(name: str) -> str:
    """A child."""
    DBOS.sleep_async(1)  # fix DBS809: DBOS.sleep_async(1)
    return name


@DBOS.workflow()
async def parent(name: str) -> str:
    """A parent."""
    DBOS.sleep(1)  # fix DBS809: DBOS.sleep(1)
    DBOS.set_event("name", name)  # fix DBS809: DBOS.set_event("name", name)
    handle = queue.enqueue(child, name)  # fix DBS809: queue.enqueue(child, name)
    message = DBOS.recv("topic")["text"]  # fix DBS809: DBOS.recv("topic")
    if DBOS.get_event(handle.workflow_id, "x") == 1:  # fix DBS809: DBOS.get_event(handle.workflow_id, "x")
        return message
    return DBOS.start_workflow(child, name).workflow_id  # fix DBS809: DBOS.start_workflow(child, name)
