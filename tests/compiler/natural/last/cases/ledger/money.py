"""Currency arithmetic, all of it pure."""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import Enum, auto
from functools import cached_property, partialmethod, total_ordering
from itertools import groupby
from typing import overload


class Side(Enum):
    DEBIT = auto()
    CREDIT = auto()

    def flipped(self) -> Side:
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


@total_ordering
class Money:
    __slots__ = ("amount", "currency")
    _pattern = re.compile(r"(?P<amount>[\d.]+) (?P<currency>[A-Z]{3})")

    def __init__(self, amount: Decimal, currency: str) -> None:
        self.amount, self.currency = amount, currency

    @classmethod
    def parse(cls, text: str) -> Money:
        match = cls._pattern.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(Decimal(match["amount"]), match["currency"])

    def _with(self, other: Money, *, do) -> Money:
        return Money(do(self.amount, other.amount), self.currency)

    __add__ = partialmethod(_with, do=operator.add)
    __sub__ = partialmethod(_with, do=operator.sub)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.amount == other.amount

    def __lt__(self, other: Money) -> bool:
        return self.amount < other.amount

    def __hash__(self) -> int:
        return hash(self.amount)

    def rounded(self) -> Money:
        with localcontext(Context(prec=12)):
            return Money(self.amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN), self.currency)


class Entry:
    def __init__(self, account: str, money: Money, side: Side = Side.DEBIT) -> None:
        self.account, self.money, self.side = account, money, side

    @cached_property
    def signed(self) -> Decimal:
        return self.money.amount * (1 if self.side is Side.DEBIT else -1)


def balance(entries: list[Entry]) -> dict[str, Decimal]:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        totals[entry.account] += entry.signed
    return dict(totals)


def by_account(entries: list[Entry]) -> dict[str, list[Entry]]:
    ordered = sorted(entries, key=operator.attrgetter("account"))
    return {name: list(group) for name, group in groupby(ordered, key=lambda entry: entry.account)}
