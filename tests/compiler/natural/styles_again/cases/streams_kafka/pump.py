from __future__ import annotations

import json
from collections.abc import AsyncIterator

import grpc
import nats
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import Producer
from dbos import DBOS


class Bus:
    def __init__(self, servers: str) -> None:
        self.producer = Producer({"bootstrap.servers": servers})

    def publish(self, topic: str, body: dict[str, str]) -> None:
        self.producer.produce(topic, json.dumps(body).encode())  # flags: DBS202
        self.producer.flush()  # flags: DBS202


bus = Bus("kafka:9092")


async def messages(consumer: AIOKafkaConsumer) -> AsyncIterator[bytes]:
    async for message in consumer:  # flags: DBS202
        yield message.value


@DBOS.step()
def publish(topic: str, name: str) -> str:
    bus.publish(topic, {"name": name})
    return name


@DBOS.workflow()
def relay(name: str) -> str:
    return publish("orders", name)


@DBOS.workflow()
def relay_directly(name: str) -> str:
    bus.publish("orders", {"name": name})
    return name


@DBOS.workflow()
async def drain(topic: str) -> int:
    consumer = AIOKafkaConsumer(topic)
    await consumer.start()  # flags: DBS202
    count = 0
    async for raw in messages(consumer):
        count += len(raw)
        break
    producer = AIOKafkaProducer()
    await producer.send_and_wait(topic, b"done")  # flags: DBS202
    return count


@DBOS.workflow()
async def shout(subject: str) -> str:
    connection = await nats.connect("nats://bus")  # flags: DBS201
    await connection.publish(subject, b"x")  # flags: DBS202
    channel = grpc.insecure_channel("pricing:50051")  # flags: DBS201
    return str(channel.unary_unary("/pricing/Quote")(b""))  # flags: DBS202
