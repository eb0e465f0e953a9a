"""Values of the standard library: a workflow that only computes is quiet."""

import asyncio, os, json, time, threading, queue, subprocess, logging, sys, inspect, shutil, uuid, random, string, itertools, functools, collections, base64, hmac, operator, textwrap, statistics, decimal, fractions, heapq, bisect, copy, enum, dataclasses, typing, contextlib, types
from datetime import datetime, date, timedelta, timezone, UTC
from pathlib import Path, PurePosixPath
from dbos import DBOS

log = logging.getLogger(__name__)

class Color(enum.Enum):
    RED = 1

@dataclasses.dataclass
class Item:
    name: str
    price: decimal.Decimal = decimal.Decimal("0")
    tags: list[str] = dataclasses.field(default_factory=list)

@DBOS.workflow()
def pure(x: str, when: datetime) -> str:
    local = when.astimezone(UTC).strftime("%Y").upper()
    week = when + timedelta(days=7)
    day = when.date().replace(day=1).isoformat()
    parsed = datetime.fromisoformat(x).replace(tzinfo=timezone.utc)
    stamp = datetime.fromtimestamp(5, tz=UTC)
    text = textwrap.dedent(x).strip().split(",")
    joined = "-".join(sorted(text))
    template = string.Template("$a").substitute(a=1)
    encoded = base64.b64encode(x.encode()).decode()
    digest = hmac.new(b"k", x.encode(), "sha256").hexdigest()
    mean = statistics.mean([1, 2])
    total = sum(decimal.Decimal(v) for v in ["1", "2"])
    heap: list[int] = []
    heapq.heappush(heap, 1)
    counter = collections.Counter(text).most_common(1)
    groups = {k: list(g) for k, g in itertools.groupby(text)}
    chunk = list(itertools.islice(text, 2))
    add = functools.reduce(operator.add, [1, 2])
    item = Item("a")
    clone = dataclasses.replace(item, name="b")
    deep = copy.deepcopy(item)
    path = PurePosixPath("a") / x
    name = Path(x).with_suffix(".txt").name
    color = Color["RED"].name
    ident = uuid.uuid5(uuid.NAMESPACE_URL, x).hex
    rng = random.Random(x)
    pick = rng.choice(text) + str(rng.randint(1, 2))
    data = json.loads(json.dumps({"a": 1}))
    value = data.get("a")
    with contextlib.suppress(KeyError):
        data["b"]
    log.setLevel(10)
    if log.isEnabledFor(10):
        pass
    delta = (week - when).total_seconds()
    frac = fractions.Fraction(1, 3).limit_denominator(10)
    sig = inspect.signature(pure).parameters
    return f"{local}{day}{parsed}{stamp}{joined}{template}{encoded}{digest}{mean}{total}{counter}{groups}{chunk}{add}{clone}{deep}{path}{name}{color}{ident}{pick}{value}{delta}{frac}{sig}"
