"""A small index: sets and hashes used where they do no harm."""

from __future__ import annotations

import bisect
import unicodedata
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cmp_to_key, lru_cache
from hashlib import blake2b
from typing import ClassVar, TypeAlias

from dbos import DBOS

Scorer: TypeAlias = Callable[[str, str], float]
STOP_WORDS = frozenset({"the", "a", "of"})
SCORERS: dict[str, Scorer] = {
    "ratio": lambda left, right: SequenceMatcher(None, left, right).ratio(),
    "prefix": lambda left, right: float(left.startswith(right)),
}


class Filter(ABC):
    registry: ClassVar[list[Filter]] = []

    @abstractmethod
    def __call__(self, words: Iterable[str]) -> list[str]: ...

    def __or__(self, other: Filter) -> Filter:
        return Chained(self, other)


class Chained(Filter):
    def __init__(self, *filters: Filter) -> None:
        self.filters = filters

    def __call__(self, words: Iterable[str]) -> list[str]:
        kept = list(words)
        for each in self.filters:
            kept = each(kept)
        return kept


class Folded(Filter):
    def __call__(self, words: Iterable[str]) -> list[str]:
        return [unicodedata.normalize("NFKC", word).casefold() for word in words]


class Meaningful(Filter):
    def __call__(self, words: Iterable[str]) -> list[str]:
        return [word for word in words if word not in STOP_WORDS]


@dataclass(frozen=True, order=True)
class Hit:
    score: float
    title: str

    def __hash__(self) -> int:
        return hash((self.score, self.title))


def by_score(left: Hit, right: Hit) -> int:
    return (left.score < right.score) - (left.score > right.score)


@lru_cache
def fingerprint(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


ANALYSE = Folded() | Meaningful()


@DBOS.step()
def documents(folder: str) -> dict[str, str]:
    return {folder: "text"}


@DBOS.step()
def keep(title: str, words: Sequence[str]) -> str:
    return f"{title}: {words}"


@DBOS.workflow()
def index(folder: str) -> dict[str, list[str]]:
    inverted: defaultdict[str, set[str]] = defaultdict(set)
    for title, text in documents(folder).items():
        words = ANALYSE(text.split())
        unique = set(words)
        if unique & STOP_WORDS or len(unique) > 1000:
            continue
        for word in words:
            inverted[word].add(title)
        keep(title, sorted(unique))
    seen = set()
    for word in dict.fromkeys(inverted):
        seen.add(fingerprint(word))
    assert len(seen) == len(inverted)
    return {word: sorted(titles) for word, titles in inverted.items()}


@DBOS.workflow()
def search(query: str, titles: list[str], scorer: str = "ratio") -> list[str]:
    score = SCORERS.get(scorer, SCORERS["ratio"])
    hits = {Hit(score(title, query), title) for title in titles}
    best = sorted(hits, key=cmp_to_key(by_score))  # maybe: DBS501
    edge = bisect.bisect([hit.score for hit in best][::-1], 0.5)
    close = get_close_matches(query, titles, n=2)
    biggest = max(hits)
    return [keep(hit.title, close) for hit in best[:edge]] + [biggest.title]
