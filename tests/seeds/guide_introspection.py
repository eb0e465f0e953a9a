from dbos import DBOS


def inspect(workflow_id):
    # List workflows by status
    pending = DBOS.list_workflows(status="PENDING", limit=10)
    completed = DBOS.list_workflows(status="SUCCESS", sort_desc=True)
    # Get workflow steps
    steps = DBOS.list_workflow_steps(workflow_id)
    # Control operations
    DBOS.cancel_workflow(workflow_id)
    DBOS.resume_workflow(workflow_id)
    DBOS.fork_workflow(workflow_id, start_step=3)
    return pending, completed, steps
