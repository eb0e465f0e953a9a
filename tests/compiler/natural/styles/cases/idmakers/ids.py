from __future__ import annotations

import itertools
import threading
import time
import uuid
from typing import NewType

import nanoid
import shortuuid
import ulid
import uuid6
from bson import ObjectId
from cuid2 import cuid_wrapper

OrderId = NewType("OrderId", str)
make_cuid = cuid_wrapper()
NAMESPACE = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


class Snowflake:
    """Time, machine and a sequence in one number."""

    def __init__(self, machine: int, epoch: int = 1_700_000_000_000) -> None:
        self.machine = machine
        self.epoch = epoch
        self.sequence = itertools.count()
        self.lock = threading.Lock()

    def __next__(self) -> int:
        with self.lock:  # maybe: DBS407
            millis = int(time.time() * 1000) - self.epoch  # flags: DBS001
            return millis << 22 | self.machine << 12 | next(self.sequence) & 0xFFF  # maybe: DBS609

    def __iter__(self) -> Snowflake:
        return self


snowflake = Snowflake(1)


def order_id() -> OrderId:
    return OrderId(str(ulid.ULID()))  # flags: DBS104


def derived(order: str, part: str) -> str:
    return uuid.uuid5(NAMESPACE, f"{order}/{part}").hex


def tag() -> str:
    return nanoid.generate(size=8)  # flags: DBS104


def parse(text: str) -> ObjectId:
    return ObjectId(text)
