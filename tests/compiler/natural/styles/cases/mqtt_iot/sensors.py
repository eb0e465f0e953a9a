from __future__ import annotations

import asyncio
import queue
import threading

import paho.mqtt.client as mqtt
from dbos import DBOS
from influxdb_client import InfluxDBClient, Point

readings: queue.Queue[float] = queue.Queue()
latest: dict[str, float] = {}
gate = threading.Semaphore(2)


def on_message(client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
    value = float(message.payload)
    latest[message.topic] = value
    readings.put(value)


class Station:
    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.client = mqtt.Client()
        self.client.on_message = on_message
        self.influx = InfluxDBClient(url="http://influx", token="t", org="o")

    def publish(self, value: float) -> None:
        self.client.publish(self.topic, value)  # flags: DBS202

    def write(self, value: float) -> None:
        self.influx.write_api().write("bucket", record=self.point(value))  # flags: DBS202

    def point(self, value: float) -> Point:
        return Point("reading").field("value", value)


@DBOS.step()
def measure() -> float:
    return readings.get(timeout=5)


@DBOS.step()
def record(value: float) -> None:
    Station("roof").write(value)


@DBOS.workflow()
def sample(count: int) -> float:
    values = [measure() for _ in range(count)]
    for value in values:
        record(value)
    return sum(values) / len(values)


@DBOS.workflow()
def sample_shared(topic: str) -> float:
    value = readings.get()  # flags: DBS407
    record(value)
    return latest.get(topic, value)  # flags: DBS603


@DBOS.workflow()
def sample_gated(topic: str) -> float:
    with gate:  # flags: DBS407
        return measure()


@DBOS.workflow()
def calibrate(topic: str) -> str:
    station = Station(topic)
    station.publish(0.0)
    station.write(1.0)
    return topic


@DBOS.workflow()
async def relay(count: int) -> int:
    pending: asyncio.Queue[int] = asyncio.Queue()  # maybe: DBS407
    for number in range(count):
        await pending.put(number)  # maybe: DBS407
    return pending.qsize()
