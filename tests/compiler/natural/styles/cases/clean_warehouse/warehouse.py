"""Nothing to find: names and shapes that look worse than they are."""

from __future__ import annotations

import asyncio
import bisect
import copy
import datetime
import decimal
import fractions
import hashlib
import itertools
import json
import math
import operator
import os.path
import random as rnd
import re
import statistics
import uuid
from collections import ChainMap, deque, namedtuple
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from dbos import DBOS, Queue

Bin = namedtuple("Bin", "aisle shelf")
queue = Queue("picks")


class requests:  # noqa: N801
    """Requests of customers, not the library."""

    @staticmethod
    def get(number: int) -> str:
        return f"request {number}"


class Session:
    def __init__(self) -> None:
        self.rows: list[str] = []

    def execute(self, row: str) -> int:
        self.rows.append(row)
        return len(self.rows)

    def commit(self) -> None:
        self.rows.clear()


@dataclass(frozen=True)
class Pick:
    sku: str
    count: int = 1


def time() -> int:
    return 42


def open(name: str) -> str:  # noqa: A001
    return name.upper()


@DBOS.step()
def scan(sku: str) -> int:
    return len(sku)


@DBOS.step()
async def scan_async(sku: str) -> int:
    return len(sku)


@DBOS.workflow()
def look_alikes(number: int) -> str:
    session = Session()
    session.execute(requests.get(number))
    session.commit()
    return open(str(time()))


@DBOS.workflow()
def numbers(values: list[int], seed: int) -> float:
    generator = rnd.Random(seed)
    generator.shuffle(values)
    spread = statistics.pstdev(values) + math.sqrt(abs(sum(values)))
    exact = fractions.Fraction(decimal.Decimal("1.5")) + bisect.bisect(sorted(values), 3)
    return float(exact) + spread + generator.random()


@DBOS.workflow()
def texts(lines: list[str]) -> str:
    path = PurePosixPath("a") / os.path.join("b", "c")
    found = [word for line in lines for word in re.findall(r"\w+", line)]
    digest = hashlib.blake2b(json.dumps(found).encode()).hexdigest()
    return f"{path}{digest}{uuid.UUID(int=5)}{uuid.uuid3(uuid.NAMESPACE_URL, 'x')}"


@DBOS.workflow()
def moments(begin: datetime.datetime) -> str:
    end = begin + datetime.timedelta(days=1)
    born = datetime.datetime.strptime("2024-01-01", "%Y-%m-%d").replace(tzinfo=datetime.UTC)
    return max(end, born, datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)).isoformat()


@DBOS.workflow()
def containers(picks: list[Pick]) -> int:
    settings = ChainMap({"a": 1}, {"b": 2})
    window = deque(picks, maxlen=2)
    changed = [replace(pick, count=pick.count + 1) for pick in copy.deepcopy(picks)]
    grouped = {
        key: list(items)
        for key, items in itertools.groupby(changed, key=operator.attrgetter("sku"))
    }
    skus = {pick.sku for pick in picks}
    known = sum(1 for sku in sorted(skus) if scan(sku))
    return known + len(grouped) + len(window) + settings["a"] + Bin(1, 2).shelf


@DBOS.workflow()
async def together(skus: list[str]) -> int:
    results = await asyncio.gather(*(scan_async(sku) for sku in skus), return_exceptions=True)
    await DBOS.sleep_async(1)
    await asyncio.sleep(0)
    return sum(result for result in results if isinstance(result, int))


@DBOS.workflow()
def children(skus: list[str]) -> int:
    handles = [queue.enqueue(texts, [sku]) for sku in skus]
    DBOS.set_event("handles", len(handles))
    answer = DBOS.recv("stop", timeout_seconds=1)
    if answer is not None:
        return 0
    return sum(len(handle.get_result()) for handle in handles)
