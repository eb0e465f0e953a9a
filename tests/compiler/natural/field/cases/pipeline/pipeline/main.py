from dbos import DBOS, Queue

from pipeline.status import CircuitBreaker, Status

stages = Queue("stages", 5)


@DBOS.step()
def extract(name: str) -> list[int]:
    return [1, 2, 3]


@DBOS.step()
def publish(status: dict) -> None:
    print(status)


@DBOS.workflow()
def process(name: str) -> dict:
    status = Status(name)
    breaker = CircuitBreaker()
    status.to("running")
    try:
        extract(name)
    except ValueError:
        breaker.failed()
    if breaker.allow():
        publish(status.as_dict())
    expired = lambda seconds: seconds > 10  # noqa: E731
    return {"late": expired(5)}
