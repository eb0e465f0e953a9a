from dbos import DBOS, WorkflowHandle


@DBOS.workflow()
def example_workflow(var1: str, var2: str):
    DBOS.sleep(10)  # Sleep for 10 seconds
    return var1 + var2


# Start example_workflow in the background
handle: WorkflowHandle = DBOS.start_workflow(example_workflow, "var1", "var2")
# Wait for the workflow to complete and retrieve its result.
result = handle.get_result()
