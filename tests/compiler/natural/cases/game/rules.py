"""Pure rules of a card game: everything is passed in."""

from __future__ import annotations

import enum
import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self


class Suit(enum.IntEnum):
    CLUBS = 0
    SPADES = 1

    @property
    def symbol(self) -> str:
        return "♣♠"[self.value]


@dataclass(frozen=True, order=True)
class Card:
    rank: int
    suit: Suit

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(int(text[:-1]), Suit["CLUBS" if text[-1] == "C" else "SPADES"])

    def __str__(self) -> str:
        return f"{self.rank}{self.suit.symbol}"


@dataclass(frozen=True)
class Table:
    hands: tuple[tuple[Card, ...], ...]
    turn: int = 0

    def next(self) -> Table:
        return replace(self, turn=(self.turn + 1) % len(self.hands))

    def winner(self) -> int:
        return max(range(len(self.hands)), key=lambda index: score(self.hands[index]))


def deck() -> list[Card]:
    return [Card(rank, suit) for suit, rank in itertools.product(Suit, range(1, 14))]


def shuffled(seed: str) -> list[Card]:
    cards = deck()
    random.Random(seed).shuffle(cards)
    return cards


def score(hand: Iterable[Card]) -> int:
    ranks = Counter(card.rank for card in hand)
    return sum(rank * count**2 for rank, count in ranks.items())


def deal(cards: Sequence[Card], players: int) -> Iterator[tuple[Card, ...]]:
    for player in range(players):
        yield tuple(cards[player::players][:5])
