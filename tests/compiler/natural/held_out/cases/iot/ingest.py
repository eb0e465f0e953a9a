from __future__ import annotations

import json
import logging
import math
import queue
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass

import influxdb_client
import paho.mqtt.client as mqtt
from dbos import DBOS

log = logging.getLogger("iot")
inbox: "queue.Queue[bytes]" = queue.Queue()
influx = influxdb_client.InfluxDBClient(url="http://localhost:8086")
broker = mqtt.Client()
_seen_lock = threading.RLock()
_seen: set[str] = set()


@dataclass(frozen=True)
class Reading:
    device: str
    value: float

    @classmethod
    def unpack(cls, raw: bytes) -> Reading:
        device, value = struct.unpack("!8sd", raw)
        return cls(device.rstrip(b"\0").decode(), value)


class Smoother:
    def __init__(self, size: int) -> None:
        self.values: deque[float] = deque(maxlen=size)

    def push(self, value: float) -> float:
        self.values.append(value)
        return math.fsum(self.values) / len(self.values)


@DBOS.step()
def store(device: str, value: float) -> None:
    influx.write_api().write(bucket="iot", record={"device": device, "value": value})


def is_new(device: str) -> bool:
    with _seen_lock:  # flags: DBS407
        if device in _seen:  # maybe: DBS603 DBS610
            return False
        _seen.add(device)  # flags: DBS602
        return True


def gateway() -> str:
    return socket.gethostbyname("gateway.local")  # flags: DBS201


@DBOS.workflow()
def process(raws: list[bytes]) -> int:
    smoother = Smoother(5)
    for raw in raws:
        reading = Reading.unpack(raw)
        if is_new(reading.device):
            log.info("new device %s", reading.device)
            broker.publish(f"devices/{reading.device}", json.dumps({"gateway": gateway()}))  # flags: DBS202
        store(reading.device, smoother.push(reading.value))
    return len(raws)


@DBOS.workflow()
def drain() -> int:
    count = 0
    while not inbox.empty():  # flags: DBS407
        store("inbox", float(len(inbox.get())))  # flags: DBS407
        count += 1
    return count
