import time

from cachetools import TTLCache, cached
from dbos import DBOS
from functools import lru_cache

prices: dict[str, int] = {}
recent: TTLCache = TTLCache(maxsize=100, ttl=60)


@DBOS.step()
def look_up(name: str) -> int:
    return len(name)


@lru_cache
def cached_price(name: str) -> int:  # flags: DBS608
    return look_up(name)


@lru_cache
def cents(price: float) -> int:
    return int(price * 100)


def price(name: str) -> int:
    if name not in prices:
        prices[name] = look_up(name)  # flags: DBS602
    return prices[name]


@DBOS.workflow()
def quote(name: str) -> int:
    return price(name) + cents(1.5)


@DBOS.workflow()
def quote_cached(name: str) -> int:
    return cached_price(name)


@cached(recent)
def slow_sum(name: str) -> int:
    return sum(map(ord, name))


@DBOS.workflow()
def sums(name: str) -> int:
    return slow_sum(name)
