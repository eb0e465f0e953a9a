"""Kafka consumers: each message starts one workflow, whatever ends in between.

The client is the real one, against the broker that comes with its library for tests; what happens
between two commits is tried with messages that are handed in directly.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import confluent_kafka
import pytest

from dbos import DBOS, DBOSConfig, KafkaMessage, SetWorkflowID, kafka
from dbos.error import DBOSInitializationError
from dbos.kernel import runtime
from dbos.registry import live
from support.behaviour import eventually

CONFIG = {"bootstrap.servers": "nowhere:9092", "group.id": "shop"}


@dataclass
class Message:
    """A message as the client hands it out."""

    at: int
    text: bytes = b"value"
    place: tuple[str, int] = ("orders", 0)
    failed: Any = None

    def __getattr__(self, name: str) -> Callable[[], Any]:
        topic, partition = self.place
        known = {
            "topic": topic,
            "partition": partition,
            "offset": self.at,
            "value": self.text,
            "key": b"key",
            "headers": [("trace", b"\x00\xff")],
            "timestamp": (1, 1_700_000_000_000),
            "latency": None,
            "leader_epoch": 0,
            "error": self.failed,
        }
        return lambda: known[name]


@dataclass
class Reader:
    """Hands out batches, and remembers how many workflows there were at each commit."""

    batches: list[list[Message]]
    commits: list[int] = field(default_factory=list)

    def subscribe(self, topics: list[str]) -> None:
        """Nothing to do."""

    def consume(self, num_messages: int, timeout: float) -> Sequence[Message]:
        """The next batch."""
        return self.batches.pop(0)

    def commit(self, *, asynchronous: bool) -> None:
        """Count what is durable now."""
        assert not asynchronous
        self.commits.append(len(DBOS.list_workflows(name="order")))

    def close(self) -> None:
        """Nothing to do."""


@pytest.fixture
def idle(config: DBOSConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running application whose consumers read nothing by themselves."""
    monkeypatch.setattr(kafka.Consumers, "follow", lambda self: None)
    DBOS(config=config)
    DBOS.launch()


def consumer_of(ran: list[Any], **options: Any) -> kafka.Consumer:
    """A declared consumer whose workflow notes what it got."""

    @DBOS.kafka_consumer({**CONFIG}, ["orders"], **options)
    @DBOS.workflow(name="order")
    def order(message: KafkaMessage) -> None:
        ran.append((message.topic, message.partition, message.offset, message.value))

    found: kafka.Consumer = live.consumers[-1]
    return found


@pytest.mark.usefixtures("idle")
def test_messages_that_are_sent_again_start_nothing_again() -> None:
    ran: list[Any] = []
    consumer = consumer_of(ran)
    batch = [Message(1), Message(2), Message(2, place=("orders", 1))]
    reader = Reader([batch, [], batch, [*batch, Message(3)]])
    taken = [kafka.take_batch(runtime.active(), consumer, reader) for _ in range(4)]
    assert taken == [3, 0, 3, 4]
    assert reader.commits == [3, 3, 4], "Kafka was told before the workflows were durable"
    for status in DBOS.list_workflows(name="order"):
        DBOS.retrieve_workflow(status.workflow_id).get_result()
    assert sorted(ran) == [
        ("orders", 0, 1, b"value"),
        ("orders", 0, 2, b"value"),
        ("orders", 0, 3, b"value"),
        ("orders", 1, 2, b"value"),
    ]
    ids = {one.workflow_id for one in DBOS.list_workflows(name="order")}
    assert "kafka-shop-orders-1-2" in ids


@pytest.mark.usefixtures("idle")
def test_messages_in_order_run_one_after_the_other() -> None:
    for ordering, keys in (
        ("topic", {"shop/orders"}),
        ("partition", {"shop/orders/0", "shop/orders/1"}),
    ):
        ran: list[Any] = []
        consumer = consumer_of(ran, ordering=ordering)
        batch = [Message(n, place=(ordering, n % 2)) for n in range(6)]
        kafka.take_batch(runtime.active(), consumer, Reader([batch]))
        found = DBOS.list_workflows(name="order", workflow_id_prefix=f"kafka-shop-{ordering}-")
        for status in found:
            DBOS.retrieve_workflow(status.workflow_id).get_result()
        assert {one.queue_partition_key for one in found} == {
            key.replace("orders", ordering) for key in keys
        }
        offsets = [offset for _, _, offset, _ in ran]
        if ordering == "topic":
            assert offsets == [0, 1, 2, 3, 4, 5]
        else:
            assert [n for n in offsets if n % 2] == [1, 3, 5]
            assert [n for n in offsets if not n % 2] == [0, 2, 4]
        live.workflows.clear()


@pytest.mark.usefixtures("idle")
def test_an_error_and_a_message_whose_id_is_taken_hold_up_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran: list[Any] = []
    consumer = consumer_of(ran)

    @DBOS.workflow(name="other")
    def other() -> None: ...

    with SetWorkflowID("kafka-shop-orders-0-1"):
        other()
    gone = confluent_kafka.KafkaError(confluent_kafka.KafkaError._ALL_BROKERS_DOWN)
    end = confluent_kafka.KafkaError(confluent_kafka.KafkaError._PARTITION_EOF)
    reader = Reader([[Message(0, failed=gone), Message(0, failed=end), Message(1), Message(2)]])
    assert kafka.take_batch(runtime.active(), consumer, reader) == 2
    DBOS.retrieve_workflow("kafka-shop-orders-0-2").get_result()
    assert ran == [("orders", 0, 2, b"value")]
    told = [one.getMessage() for one in caplog.records if "Kafka" in one.getMessage()]
    assert len(told) == 2
    assert "kafka-shop-orders-0-1" in told[1]


def declared() -> Callable[[KafkaMessage], None]:
    """A workflow without a consumer."""

    @DBOS.workflow(name="order")
    def order(message: KafkaMessage) -> None: ...

    return order


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(
    ("given", "named"),
    [
        (({**CONFIG}, "orders"), "topics"),
        (({**CONFIG}, []), "topics"),
        (({"group.id": "a"}, ["orders"]), "bootstrap"),
        (({**CONFIG}, ["orders"], False, {"ordering": "sometimes"}), "ordering"),
        (({**CONFIG}, ["orders"], True, {"ordering": "partition"}), "in_order"),
        (({**CONFIG}, ["orders"], False, {"batch_size": 0}), "batch_size"),
        (({**CONFIG}, ["orders"], True, {"queue_name": "mine"}), "queue_name"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: tuple[Any, ...], named: str) -> None:
    options = given[3] if len(given) > 3 else {}
    with pytest.raises(DBOSInitializationError, match=named):
        DBOS.kafka_consumer(*given[:3], **options)
    assert live.consumers == []


@pytest.mark.usefixtures("config")
def test_it_stands_above_a_workflow() -> None:
    with pytest.raises(DBOSInitializationError, match=r"above @DBOS\.workflow"):
        DBOS.kafka_consumer({**CONFIG}, ["orders"])(lambda message: None)


def test_a_missing_package_is_named_at_launch(
    config: DBOSConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    DBOS(config=config)
    DBOS.kafka_consumer({**CONFIG}, ["orders"])(declared())
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DBOSInitializationError, match=r"dbos-build\[kafka\]"):
        DBOS.launch()


@pytest.fixture
def broker() -> Iterator[tuple[str, confluent_kafka.Producer]]:
    """The address of a broker, and a producer on it."""
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0}
    )
    [found] = producer.list_topics(timeout=10).brokers.values()
    yield f"{found.host}:{found.port}", producer
    producer.flush(5)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_real_client_reads_from_a_broker_and_tells_it_what_is_done(
    config: DBOSConfig, broker: tuple[str, confluent_kafka.Producer]
) -> None:
    address, producer = broker
    ran: list[str] = []
    settings = {"bootstrap.servers": address, "group.id": "shop", "log_level": 0}

    def send(*texts: str) -> None:
        for text in texts:
            producer.produce("orders", value=text, key="same", partition=0)
        producer.flush(10)

    @DBOS.kafka_consumer(settings, ["orders"], in_order=True)
    @DBOS.workflow(name="order")
    async def order(message: KafkaMessage) -> None:
        assert isinstance(message.value, bytes)
        ran.append(message.value.decode())

    send("a", "b")
    DBOS(config=config)
    DBOS.launch()
    eventually(lambda: ran == ["a", "b"], "what was there before the launch ran", 60)
    send("c")
    eventually(lambda: ran == ["a", "b", "c"], "what came later ran", 60)
    DBOS.destroy()
    # The broker of the library lets nobody join a group again, so it is asked from outside.
    asking = confluent_kafka.Consumer(settings)
    place = confluent_kafka.TopicPartition("orders", 0)
    eventually(
        lambda: [one.offset for one in asking.committed([place], timeout=10)] == [3],
        "Kafka was told what is done",
        60,
    )
    asking.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_a_program_with_consumers_reads_also_when_they_come_after_the_launch(
    config: DBOSConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[int] = []
    monkeypatch.setattr(
        kafka.Consumers, "follow", lambda self: followed.append(len(live.consumers))
    )
    DBOS(config=config)
    DBOS.launch()
    assert runtime.active().consumers is None
    for _ in range(2):
        DBOS.kafka_consumer({**CONFIG}, ["orders"])(declared())
        live.workflows.clear()
    assert followed == [1, 2]
