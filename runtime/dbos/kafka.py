"""Kafka: each message of a topic starts a workflow, exactly once.

In: the configuration of a consumer, topics, and workflows of one parameter. Out: the
``kafka_consumer`` decorator and the service that reads. Never imports ``confluent_kafka`` before an
application with a consumer is launched, and never tells Kafka that a message was read before the
workflow of it is durable.

The id of the workflow is made of the consumer group, the topic, the partition and the offset. When
a process ends between the commit here and the commit there, Kafka sends the message again, and the
workflow that exists already is found.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.util
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, Protocol, TypeVar

from dbos.error import (
    DBOSConflictingWorkflowError,
    DBOSException,
    DBOSInitializationError,
    DBOSShutdownError,
)
from dbos.kernel import drive, request, runtime, seam
from dbos.kernel.context import SetWorkflowID
from dbos.kernel.request import QueuePlace
from dbos.log import logger
from dbos.queue import INTERNAL_QUEUE, Queue, insert_queued
from dbos.registry import Declared, live
from dbos.validity import valid_text

if TYPE_CHECKING:
    from dbos.kernel.request import Request
    from dbos.kernel.runtime import Runtime

P = ParamSpec("P")
R = TypeVar("R")
Ordering = Literal["none", "partition", "topic"]
ORDERINGS = ("none", "partition", "topic")
# Where workflows of ordered consumers wait: one at a time for each partition key.
ORDERED_QUEUE = "_dbos_kafka_ordered"
EXTRA = "pip install 'dbos-build[kafka]'"
# How long one look for messages waits, and so how long a stop may take.
POLL_SECONDS = 0.25
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 1.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaMessage:
    """A message as workflows get it. ``timestamp`` is its kind and epoch milliseconds."""

    headers: list[tuple[str, str | bytes]] | None
    key: str | bytes | None
    latency: float | None
    leader_epoch: int | None
    offset: int | None
    partition: int | None
    timestamp: tuple[int, int]
    topic: str | None
    value: str | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Consumer:
    """What a decorator asks for."""

    declared: Declared
    config: Mapping[str, Any]
    topics: tuple[str, ...]
    ordering: Ordering
    batch_size: int
    queue_name: str | None

    @property
    def group(self) -> str:
        """The consumer group: that of the configuration, else the name of the workflow."""
        return str(self.config.get("group.id") or self.declared.name)


class Reader(Protocol):
    """What is used of ``confluent_kafka.Consumer``."""

    def subscribe(self, topics: list[str]) -> None:
        """Read these topics."""

    def consume(self, num_messages: int, timeout: float) -> Sequence[Any]:
        """The next messages, at most so many."""

    def commit(self, *, asynchronous: bool) -> object:
        """Tell Kafka that everything consumed so far is done."""

    def close(self) -> None:
        """Leave the group."""


def kafka_consumer(
    config: dict[str, Any],
    topics: Sequence[str],
    in_order: bool = False,
    *,
    ordering: Ordering | None = None,
    batch_size: int = 250,
    queue_name: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a workflow for each message of the topics, exactly once; it gets a ``KafkaMessage``.

    Stands above ``@DBOS.workflow()``. ``config`` is that of a consumer of ``confluent_kafka``; a
    topic may be a pattern that begins with "^". Workflows run side by side, or with ``ordering``
    one after the other, for each "partition" or each "topic" (the same as ``in_order``).
    ``batch_size`` messages are made durable together. Without an ordering, ``queue_name`` names the
    queue they wait on. Raises ``DBOSInitializationError`` for what cannot be meant.
    """
    chosen = ordering or ("topic" if in_order else "none")
    if chosen not in ORDERINGS or (in_order and chosen != "topic"):
        raise DBOSInitializationError(
            f"ordering must be one of {', '.join(ORDERINGS)}, and in_order means 'topic'; not"
            f" {ordering!r}"
        )
    if isinstance(topics, str) or not topics:
        raise DBOSInitializationError(f"topics must be a list of topics, not {topics!r}")
    if not isinstance(config, Mapping) or not config.get("bootstrap.servers"):
        raise DBOSInitializationError("config of a Kafka consumer must name 'bootstrap.servers'")
    if type(batch_size) is not int or batch_size < 1:
        raise DBOSInitializationError(f"batch_size must be at least 1, not {batch_size!r}")
    if queue_name is not None and chosen != "none":
        raise DBOSInitializationError(
            f"queue_name and ordering={chosen!r} exclude each other: messages in order wait on a"
            " queue of their own"
        )

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        declared = getattr(function, "__dbos_workflow__", None)
        if not isinstance(declared, Declared) or declared.member is not None:
            raise DBOSInitializationError(
                "@DBOS.kafka_consumer(…) must stand above @DBOS.workflow() of a function, and"
                f" {getattr(function, '__qualname__', function)!r} is none"
            )
        if chosen != "none" and ORDERED_QUEUE not in live.queues:
            Queue(ORDERED_QUEUE, partition_queue=True)
        live.consumers.append(
            Consumer(
                declared=declared,
                config=dict(config),
                topics=tuple(valid_text(topic, "A topic") for topic in topics),
                ordering=chosen,
                batch_size=batch_size,
                queue_name=None if queue_name is None else valid_text(queue_name, "queue_name"),
            )
        )
        now = runtime.active_or_none()
        if now is not None:
            serve(now)
        return function

    return decorate


class Consumers:
    """Reads for the declared consumers of one runtime, each in a thread of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._reading: dict[Consumer, threading.Thread] = {}
        self._stopping = threading.Event()

    def follow(self) -> None:
        """Begin to read for consumers that were declared since the last call."""
        with self._lock:
            for consumer in list(live.consumers):
                if consumer not in self._reading and not self._stopping.is_set():
                    self._reading[consumer] = seam.start_thread(
                        f"dbos-kafka-{len(self._reading) + 1}",
                        functools.partial(self._read, consumer),
                    )

    def stop(self) -> None:
        """Read no more; what was read but not made durable will be sent again."""
        self._stopping.set()
        with self._lock:
            threads = list(self._reading.values())
        for thread in threads:
            thread.join(POLL_SECONDS * 8)

    def _read(self, consumer: Consumer) -> None:
        """Read until the stop; a consumer that fails is made anew after a while."""
        delay = FIRST_RETRY_SECONDS
        while not self._stopping.is_set():
            try:
                reader = open_reader(consumer)
                try:
                    while not self._stopping.is_set():
                        take_batch(self._runtime, consumer, reader)
                        delay = FIRST_RETRY_SECONDS
                finally:
                    with contextlib.suppress(Exception):
                        reader.close()
            except DBOSShutdownError:
                return
            except Exception as error:
                # What it had not committed is sent again to the next one.
                logger.error(
                    "The Kafka consumer of %s failed (%s: %s); trying again in %.0f s",
                    consumer.declared.name,
                    type(error).__name__,
                    error,
                    delay,
                )
                self._stopping.wait(delay)
                delay = min(delay * 2, LONGEST_RETRY_SECONDS)


def serve(runtime: Runtime) -> None:
    """Read for all declared consumers, also for those that the runtime does not read for yet.

    Raises ``DBOSInitializationError`` naming the extra when ``confluent_kafka`` is missing.
    """
    _require_package()
    with runtime.datasource_lock:
        if runtime.consumers is None:
            runtime.consumers = Consumers(runtime)
    runtime.consumers.follow()


def _require_package() -> None:
    if importlib.util.find_spec("confluent_kafka") is None:
        raise DBOSInitializationError(f"@DBOS.kafka_consumer needs confluent-kafka: {EXTRA}")


def open_reader(consumer: Consumer) -> Reader:
    """A reader of the consumer's topics that tells Kafka nothing by itself."""
    from confluent_kafka import Consumer as KafkaConsumer

    settings: dict[str, Any] = {
        "auto.offset.reset": "earliest",
        **consumer.config,
        "group.id": consumer.group,
        "enable.auto.commit": False,
    }
    made: Any = KafkaConsumer(settings)
    reader: Reader = made
    reader.subscribe(list(consumer.topics))
    return reader


def take_batch(runtime: Runtime, consumer: Consumer, reader: Reader) -> int:
    """Make the workflows of the next messages durable, then tell Kafka; answers how many."""
    found: list[Request] = []
    for message in reader.consume(consumer.batch_size, timeout=POLL_SECONDS):
        if message.error() is not None:
            _tell(consumer, message.error())
            continue
        asked = _request(runtime, consumer, message)
        if asked is not None:
            found.append(asked)
    if found:
        asyncio.run(_insert(runtime, found))
        reader.commit(asynchronous=False)
    return len(found)


def _tell(consumer: Consumer, error: Any) -> None:
    """Log an error of Kafka. The end of a partition is none, and it goes on by itself otherwise."""
    if error.name() != "_PARTITION_EOF":
        logger.warning("Kafka consumer of %s: %s", consumer.declared.name, error)


def _request(runtime: Runtime, consumer: Consumer, message: Any) -> Request | None:
    """The workflow of a message. One that cannot be stored is reported, and not tried for ever."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    key = None
    if consumer.ordering != "none":
        key = f"{consumer.group}/{topic}"
        if consumer.ordering == "partition":
            key += f"/{partition}"
    queue_name = consumer.queue_name or (INTERNAL_QUEUE if key is None else ORDERED_QUEUE)
    try:
        with SetWorkflowID(f"kafka-{consumer.group}-{topic}-{partition}-{offset}"):
            return request.make(
                runtime,
                consumer.declared,
                (_message(message),),
                {},
                frame=None,
                place=QueuePlace(queue_name=queue_name, partition_key=key),
            )
    except DBOSException as error:
        logger.error(
            "The Kafka message at offset %s of %s[%s] starts no workflow: %s",
            offset,
            topic,
            partition,
            error,
        )
        return None


def _message(given: Any) -> KafkaMessage:
    return KafkaMessage(
        headers=given.headers(),
        key=given.key(),
        latency=given.latency(),
        leader_epoch=given.leader_epoch(),
        offset=given.offset(),
        partition=given.partition(),
        timestamp=given.timestamp(),
        topic=given.topic(),
        value=given.value(),
    )


async def _insert(runtime: Runtime, requests: Sequence[Request]) -> None:
    """Insert the rows together: they share commits, in the order of the messages."""
    system = runtime.system
    inserts = (drive.run_async(insert_queued(one, None), system) for one in requests)
    for one, result in zip(
        requests, await asyncio.gather(*inserts, return_exceptions=True), strict=True
    ):
        if isinstance(result, DBOSConflictingWorkflowError):
            logger.error(
                "The Kafka message of %s starts no workflow: %s", one.row.workflow_uuid, result
            )
        elif isinstance(result, BaseException):
            raise result
