from dbos import DBOS
from dbos import SetWorkflowTimeout


@DBOS.workflow()
def long_workflow(data: str) -> str:
    return "completed"


# Workflow times out after 1 hour
with SetWorkflowTimeout(3600):
    result = long_workflow("input")
