from dbos import DBOS
from dbos import Queue

queue = Queue("task_queue", worker_concurrency=5)
# Or with rate limiting
rate_limited_queue = Queue(
    "api_queue",
    limiter={"limit": 100, "period": 60}  # 100 requests per minute
)


@DBOS.workflow()
def process_task(task_id: int) -> str:
    return f"Completed task {task_id}"


# Enqueue work
handle = queue.enqueue(process_task, 123)
result = handle.get_result()
