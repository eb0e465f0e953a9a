"""A trading bot: endless loop, polling, clocks and module state."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from collections import deque
from decimal import ROUND_DOWN, Decimal

import ccxt
import ccxt.async_support as ccxt_async
from dbos import DBOS

exchange = ccxt.binance({"enableRateLimit": True})
window: deque[float] = deque(maxlen=50)
last_trade_at = 0.0
positions: dict[str, Decimal] = {}


@DBOS.step(retries_allowed=True)
def ticker(symbol: str) -> float:
    return exchange.fetch_ticker(symbol)["last"]


@DBOS.step()
def place_order(symbol: str, side: str, amount: str) -> str:
    return exchange.create_order(symbol, "market", side, float(amount))["id"]


def signal(prices: list[float]) -> str:
    if len(prices) < 10:
        return "hold"
    mean, deviation = statistics.fmean(prices), statistics.pstdev(prices)
    score = (prices[-1] - mean) / (deviation or 1.0)
    if math.isclose(score, 0, abs_tol=0.5):
        return "hold"
    return "sell" if score > 0 else "buy"


def size(balance: Decimal, price: float) -> Decimal:
    return (balance / Decimal(str(price))).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)


def balance() -> Decimal:
    return Decimal(str(exchange.fetch_balance()["free"]["USDT"]))  # flags: DBS202


@DBOS.workflow()
def trade(symbol: str) -> None:
    global last_trade_at
    while True:  # flags: DBS707
        price = ticker(symbol)
        window.append(price)  # flags: DBS602
        side = signal(list(window))  # maybe: DBS603
        if side != "hold" and time.time() - last_trade_at > 60:  # flags: DBS001  # maybe: DBS603
            amount = size(balance(), price)
            place_order(symbol, side, str(amount))
            positions[symbol] = amount  # flags: DBS602
            last_trade_at = time.time()  # flags: DBS001 DBS601
        DBOS.sleep(10)


@DBOS.workflow()
def bounded(symbol: str, rounds: int) -> list[str]:
    prices: list[float] = []
    orders = []
    for _ in range(rounds):
        prices.append(ticker(symbol))
        side = signal(prices)
        if side != "hold":
            orders.append(place_order(symbol, side, "0.1"))
        DBOS.sleep(10)
    return orders


@DBOS.workflow()
async def books(symbols: list[str]) -> int:
    market = ccxt_async.kraken()
    found = [await market.fetch_order_book(symbol) for symbol in symbols]  # flags: DBS202
    await asyncio.sleep(1)  # flags: DBS003
    return len(found)
