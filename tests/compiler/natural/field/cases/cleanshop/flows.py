"""A clean program: nothing here may be flagged."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import decimal
import hashlib
import itertools
import json
import operator
import re
import statistics
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from functools import partial, reduce

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID, SetWorkflowTimeout

work = Queue("work", priority_enabled=True)
SKU = re.compile(r"[A-Z]{3}-\d+")


@dataclasses.dataclass(frozen=True)
class Line:
    sku: str
    count: int
    price: decimal.Decimal
    tags: tuple[str, ...] = dataclasses.field(default_factory=tuple)

    @property
    def total(self) -> decimal.Decimal:
        return self.price * self.count


@DBOS.step()
async def stock(sku: str) -> int:
    return len(sku)


@DBOS.step()
async def today() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@DBOS.workflow()
async def pick(lines: list[Line]) -> dict[str, str]:
    at = await today()
    due = at + dt.timedelta(days=2)
    by_sku: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if SKU.fullmatch(line.sku):
            by_sku[line.sku].append(line)
    counts = Counter(line.sku for line in lines)
    stocks = await asyncio.gather(*(stock(sku) for sku in by_sku), return_exceptions=True)
    pending = deque(sorted(set(by_sku)))
    done: OrderedDict[str, int] = OrderedDict()
    while pending:
        sku = pending.popleft()
        done[sku] = counts[sku]
    total = reduce(operator.add, (line.total for line in lines), decimal.Decimal(0))
    key = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(sorted(done)))
    digest = hashlib.blake2b(str(total).encode(), digest_size=8).hexdigest()
    for batch in itertools.batched(sorted(done), 10):
        with SetWorkflowID(f"{DBOS.workflow_id}-{batch[0]}"), SetEnqueueOptions(priority=3):
            await work.enqueue_async(pack, list(batch))
    await DBOS.set_event_async("due", due.isoformat())
    mean = statistics.fmean(value for value in stocks if isinstance(value, int))
    return {"key": str(key), "digest": digest, "mean": f"{mean:.2f}"}


@DBOS.workflow()
async def pack(skus: list[str]) -> int:
    sizes = list(map(len, skus))
    add = partial(operator.add, 1)
    with SetWorkflowTimeout(30):
        message = await DBOS.recv_async("packed", timeout_seconds=10)
    if message is None:
        return max(sizes, default=0)
    return add(len(message))
