from __future__ import annotations

import backoff
import requests
import tenacity
from dbos import DBOS
from tenacity import retry, stop_after_attempt, wait_exponential


@retry(stop=stop_after_attempt(3), wait=wait_exponential())
def price(sku: str) -> int:  # maybe: DBS003
    return int(requests.get(f"https://shop.example/{sku}").text)  # flags: DBS201


@backoff.on_exception(backoff.expo, requests.RequestException, max_tries=4)
def stock(sku: str) -> int:  # maybe: DBS003
    answer = requests.get(f"https://stock.example/{sku}")  # flags: DBS201
    answer.raise_for_status()
    return int(answer.json()["count"])


@DBOS.step()
@retry(stop=stop_after_attempt(3))
def safe_price(sku: str) -> int:
    return int(requests.get(f"https://shop.example/{sku}").text)


@DBOS.step()
def safe_stock(sku: str) -> int:
    return stock(sku)


def halve(value: int) -> int:
    return value // 2


@DBOS.workflow()
def compare(sku: str) -> int:
    return halve(safe_price(sku)) - safe_stock(sku)


@DBOS.workflow()
def compare_directly(sku: str) -> int:
    return price(sku) - stock(sku)


@DBOS.workflow()
def compare_in_loop(sku: str) -> int:
    for attempt in tenacity.Retrying(stop=stop_after_attempt(2)):  # maybe: DBS003
        with attempt:
            return requests.head(f"https://shop.example/{sku}").status_code  # flags: DBS201
    return 0
