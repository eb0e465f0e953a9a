from __future__ import annotations

import time
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache, wraps
from operator import attrgetter, itemgetter
from typing import Any, Callable

import httpx
from cachetools import TTLCache, cached
from cachetools.keys import hashkey
from dbos import DBOS
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

http = httpx.Client(base_url="https://rates.example.com", timeout=3)
recent: TTLCache[str, Decimal] = TTLCache(maxsize=100, ttl=60)
CENT = Decimal("0.01")


@cached(recent, key=lambda pair, **_: hashkey(pair))  # maybe: DBS602 DBS603 DBS001
@retry(stop=stop_after_attempt(3), wait=wait_exponential(), retry=retry_if_exception_type(httpx.HTTPError))  # maybe: DBS003 DBS101 DBS001
def spot(pair: str, *, strict: bool = False) -> Decimal:
    answer = http.get(f"/{pair}", params={"strict": strict})  # flags: DBS202
    return Decimal(answer.raise_for_status().json()["rate"])  # maybe: DBS202


@lru_cache(maxsize=None)
def exponent(currency: str) -> int:
    return {"JPY": 0, "KWD": 3}.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_EVEN)


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()  # flags: DBS002
        try:
            return function(*args, **kwargs)
        finally:
            if time.perf_counter() - began > 1:  # flags: DBS002
                DBOS.set_event("slow", function.__name__)

    return wrapper


@timed
def convert(amount: Decimal, pair: str) -> Decimal:
    _, _, target = pair.partition("/")
    return rounded(amount * Decimal("1.1"), target)


@DBOS.step()
@retry(stop=stop_after_attempt(5))
def book(amount: str, pair: str) -> dict[str, str]:
    return {"amount": amount, "pair": pair, "rate": str(spot(pair))}


@DBOS.workflow()
def exchange(amount: str, pair: str) -> dict[str, str]:
    value = convert(Decimal(amount), pair)
    return book(str(value), pair)


@DBOS.workflow()
def best(amount: str, pairs: list[str]) -> str:
    offers = [(pair, Decimal(amount) * spot(pair)) for pair in pairs]
    pair, value = max(offers, key=itemgetter(1))
    bookings = sorted((book(str(value), pair) for pair in pairs), key=itemgetter("rate"))
    return bookings[0]["pair"] + pair


@DBOS.workflow()
def table(rows: list[dict[str, str]]) -> list[str]:
    amounts = map(Decimal, map(itemgetter("amount"), rows))
    return [str(rounded(each, "JPY")) for each in sorted(amounts, key=attrgetter("real"))]
