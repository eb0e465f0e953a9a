import itertools
import random
import time
from collections import defaultdict
from functools import partial, reduce

from dbos import DBOS


@DBOS.step()
def save(value: object) -> None:
    print(value)


deadline = lambda seconds: time.time() + seconds  # noqa: E731  # flags: DBS001
by_luck = partial(max, key=lambda _item: random.random())  # flags: DBS101


def clocks() -> dict[str, float]:
    times = defaultdict(time.time)  # flags: DBS001
    times["a"]
    return times


def tokens(count: int) -> list[int]:
    return list(itertools.islice(iter(partial(random.randint, 1, 6), 6), count))  # flags: DBS101


@DBOS.workflow()
def lucky(items: list[int]) -> int:
    until = deadline(3)
    best = by_luck(items)
    save(best)
    assert until > 0
    return reduce(lambda a, b: a + b, items, 0)


@DBOS.workflow()
def timed() -> dict[str, float]:
    save(tokens(3))
    return clocks()


@DBOS.workflow()
def failing(name: str) -> str:
    if not name:
        raise ValueError(f"no name at {time.ctime()}")  # flags: DBS001
    return name
