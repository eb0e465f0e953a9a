"""Durable calls before the launch, and declarations after it."""

from dbos import DBOS, Queue, SetWorkflowID

orders = Queue("orders")


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.workflow()
def child(name: str) -> str:
    return charge(name)


RESULT = child("import")  # flags: DBS825
HANDLE = DBOS.start_workflow(child, "import")  # flags: DBS825
orders.enqueue(child, "import")  # flags: DBS825
with SetWorkflowID("import"):
    child("import")  # flags: DBS825
for number in range(3):
    child(str(number))  # flags: DBS825


class Cache:
    value = child("class body")  # flags: DBS825


if __name__ == "__main__":
    child("too early")  # flags: DBS825
    DBOS.launch()
    late = Queue("late")  # flags: DBS825
    child("in time")
