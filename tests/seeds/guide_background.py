from dbos import DBOS
from dbos import WorkflowHandle


@DBOS.workflow()
def background_workflow(data: str) -> str:
    return long_running_task(data)


# Start without blocking
handle: WorkflowHandle = DBOS.start_workflow(background_workflow, "input")
print(f"Workflow ID: {handle.workflow_id}")
# Later, retrieve result
result = handle.get_result()
