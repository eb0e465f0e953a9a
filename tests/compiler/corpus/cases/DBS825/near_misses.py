"""Durable calls after the launch, declarations before it."""

from dbos import DBOS, DBOSConfig, Queue

orders = Queue("orders")
config: DBOSConfig = {"name": "shop"}
DBOS(config=config)


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.workflow()
def child(name: str) -> str:
    return charge(name)


def plain(name: str) -> str:
    return name


VALUE = plain("import")
WORKFLOWS = [child]


def main() -> None:
    DBOS.launch()
    child("main")
    orders.enqueue(child, "main")


def endpoint(name: str) -> str:
    return DBOS.start_workflow(child, name).workflow_id


if __name__ == "__main__":
    DBOS.launch()
    child("launched")
    DBOS.start_workflow(child, "launched")
    orders.enqueue(child, "launched")
    main()


def deferred(name: str) -> None:
    plain(name)
    child(name)


LATER = [lambda: child("never at import"), deferred]
