import smtplib
from email.message import EmailMessage

from dbos import DBOS, Queue

from compose import compose

outbox = Queue("outbox", limiter={"limit": 10, "period": 1.0})


@DBOS.step(retries_allowed=True, max_attempts=3, backoff_rate=2.0)
def deliver(raw: bytes) -> None:
    with smtplib.SMTP("localhost") as server:
        server.sendmail("a@example", "b@example", raw)


@DBOS.workflow()
def welcome(to: str, name: str) -> None:
    message = compose(to, name)
    deliver(message.as_bytes())


@DBOS.workflow()
def welcome_all(people: dict[str, str]) -> int:
    handles = [outbox.enqueue(welcome, to, name) for to, name in people.items()]
    for handle in handles:
        handle.get_result()
    return len(handles)
