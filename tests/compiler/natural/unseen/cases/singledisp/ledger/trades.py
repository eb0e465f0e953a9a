from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import yfinance

from .render import render, valued


@dataclass(frozen=True)
class Trade:
    symbol: str
    count: int


@render.register(Trade)
def render_trade(value: Trade) -> str:
    return f"{value.count} {value.symbol} at {datetime.now():%H:%M}"  # flags: DBS001


def valued_trade(value: Trade) -> int:
    price = yfinance.Ticker(value.symbol).fast_info.last_price  # flags: DBS201
    return int(value.count * price)


valued.register(Trade, valued_trade)
