from __future__ import annotations

from dbos import DBOS

import cache
from cache import TTLCache, factorial, load_rates, read_pickle

prices = TTLCache(60)
table = read_pickle("table.pkl")


@DBOS.step()
def fetch_price(sku: str) -> int:
    return len(sku)


@DBOS.workflow()
def price(sku: str) -> int:
    found = prices.get(sku)
    if found is None:
        found = fetch_price(sku)
        prices.set(sku, found)
    return cache.remember(sku, found)


@DBOS.workflow()
def convert(amount: float, currency: str) -> float:
    return amount * load_rates().get(currency, 1.0) * factorial(3)


@DBOS.workflow()
def from_table(sku: str) -> int:
    return table[sku]  # flags: DBS302


@DBOS.workflow()
def local_cache(skus: list[str]) -> int:
    seen: dict[str, int] = {}
    for sku in skus:
        if sku not in seen:
            seen[sku] = fetch_price(sku)
    return sum(seen.values())
