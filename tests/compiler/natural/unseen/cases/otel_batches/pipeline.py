"""Message batches, traced and retried, with a clock that can be replaced."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Callable, Iterable, Self

from confluent_kafka import Consumer, Producer
from croniter import croniter
from dateutil.relativedelta import relativedelta
from dbos import DBOS
from opentelemetry import metrics, trace
from opentelemetry.trace import Span, Status, StatusCode

tracer = trace.get_tracer("batches")
meter = metrics.get_meter("batches")
counter = meter.create_counter("messages")
producer = Producer({"bootstrap.servers": "localhost"})


@dataclass(frozen=True)
class Clock:
    read: Callable[[], datetime] = partial(datetime.now, UTC)

    def now(self) -> datetime:
        return self.read()  # flags: DBS001

    @classmethod
    def fixed(cls, at: datetime) -> Self:
        return cls(lambda: at)


@dataclass
class Message:
    key: str
    body: dict[str, Any]
    at: str = ""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        return cls(**json.loads(raw))

    def dump(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()


def next_run(expression: str, after: datetime) -> datetime:
    return croniter(expression, after).get_next(datetime)


def next_run_from_now(expression: str) -> datetime:
    return croniter(expression).get_next(datetime)  # flags: DBS001


def annotate(span: Span, messages: Iterable[Message]) -> int:
    count = 0
    for message in messages:
        span.add_event(message.key)
        count += 1
    counter.add(count)
    return count


@DBOS.step()
def poll(count: int) -> list[bytes]:
    consumer = Consumer({"group.id": "batches"})
    return [message.value() for message in consumer.consume(count)]


@DBOS.step()
def handle(message: Message) -> str:
    return message.key


@DBOS.workflow()
def batch(count: int, at: datetime) -> int:
    clock = Clock.fixed(at)
    messages = [Message.parse(raw) for raw in poll(count)]
    with tracer.start_as_current_span("batch") as span:
        handled = [handle(message) for message in messages]
        annotate(span, messages)
        if len(handled) > 10:
            span.set_status(Status(StatusCode.OK))
    due = next_run("0 * * * *", clock.now()) + relativedelta(months=1)
    return (due - at) // timedelta(minutes=1)


@DBOS.workflow()
def batch_now(count: int) -> str:
    clock = Clock()
    began = clock.now()
    raw = poll(count)
    try:
        messages = [Message.parse(each) for each in raw]
    except (KeyError, TypeError):
        DBOS.set_event("failure", traceback.format_exc())  # maybe: DBS304
        return "broken"
    for message in messages:
        producer.produce("handled", message.dump())  # flags: DBS202
    producer.flush()  # flags: DBS202
    due = next_run_from_now("0 * * * *")
    if "--verbose" in sys.argv:  # flags: DBS303
        handle(Message("verbose", {}))
    return f"{began} {due} {os.sep}"


def configure() -> None:
    logging.basicConfig(level=os.environ.get("LEVEL", "INFO"))
