"""Meanings: the values of two flows in one language, so that they can be compared.

In: values of the old and of the new flow, and what their results and merges stand for at a point of
a joint run. Out: numbers; two values have one number when they are equal in every such run.
Never: calls two values equal because their text is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from dbos_build.flow.graph import Flow
from dbos_build.flow.spelling import INPUT, READABLE, closed_head, closed_text

Leaf = tuple[int, int]
"""A value that depends on what happened: of the old flow (0) or the new (1), and its number."""
OLD, NEW = 0, 1


@dataclass(slots=True, eq=False)
class Meanings:
    """All meanings met so far. `rows` holds for each its head and the meanings it is made of."""

    flows: tuple[Flow, Flow]
    rows: list[tuple[Hashable, tuple[int, ...]]] = field(default_factory=list)
    numbers: dict[tuple[Hashable, tuple[int, ...]], int] = field(default_factory=dict)
    symbols: list[frozenset[int]] = field(default_factory=list)
    """For each meaning the symbols it contains."""
    texts: list[str | None] = field(default_factory=list)
    """For each meaning what stands for it in a larger one, when it contains no symbols."""
    preset: set[str] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    """Symbols of values that not every way to a place has made."""

    def __post_init__(self) -> None:
        old = self.flows[OLD].values
        self.preset = {old[value.parts[0]].head for value in old if value.head == INPUT}

    def make(self, head: Hashable, *parts: int) -> int:
        """The number of a meaning made of others."""
        folded = self._folded(head, parts)
        if folded is not None:
            return folded
        texts = [text for part in parts if (text := self.texts[part]) is not None]
        is_closed = isinstance(head, str) and head != INPUT and len(texts) == len(parts)
        if is_closed and head not in READABLE:
            head, parts, texts = closed_head(str(head), texts), (), []
        key = (head, parts)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.rows)
            self.rows.append(key)
            self.symbols.append(frozenset().union(*(self.symbols[part] for part in parts)))
            self.texts.append(closed_text(str(head), texts) if is_closed else None)
        return number

    def symbol(self, *name: Hashable) -> int:
        """The number of something that happens, by what it happens at."""
        number = self.make(("symbol", *name))
        self.symbols[number] = frozenset((number,))
        return number

    def truth(self, is_true: bool) -> int:
        """The number of a truth value."""
        return self.make("true" if is_true else "false")

    def _folded(self, head: Hashable, parts: tuple[int, ...]) -> int | None:
        """What a choice or a combination of known truth values is."""
        if head not in ("not", "and", "or", "select"):
            return None
        known = [self.known(part) for part in parts]
        if head == "not":
            return None if known[0] is None else self.truth(not known[0])
        if head == "select":
            if parts[1] == parts[2]:
                return parts[1]
            return None if known[0] is None else parts[1 if known[0] else 2]
        return self._combined(head == "and", head, parts, known)

    def _combined(
        self, is_and: bool, head: Hashable, parts: tuple[int, ...], known: list[bool | None]
    ) -> int | None:
        """`and` and `or` without the parts that decide nothing."""
        kept: list[int] = []
        for position, (part, truth) in enumerate(zip(parts, known, strict=True)):
            if truth is is_and and position < len(parts) - 1:
                continue
            kept.append(part)
            if truth is (not is_and):
                break
        if len(kept) == 1:
            return kept[0]
        return None if len(kept) == len(parts) else self.make(head, *kept)

    def known(self, meaning: int) -> bool | None:
        """Whether a meaning is certainly true or certainly false."""
        head = self.rows[meaning][0]
        return {"true": True, "false": False}.get(head) if isinstance(head, str) else None

    def _missing(self, side: int, value: int) -> int:
        symbol = self.symbol("lost", side, value)
        self.lost.add(symbol)
        return symbol

    def is_certain(self, meaning: int) -> bool:
        """Whether a meaning stands for one value on all ways to a place."""
        return self.lost.isdisjoint(self.symbols[meaning])

    def of(self, side: int, number: int, held: Mapping[Leaf, int], done: dict[Leaf, int]) -> int:
        """The meaning of a value of one flow; `done` remembers those already found."""
        values = self.flows[side].values
        pending = [number]
        while pending:
            each = pending[-1]
            if (side, each) in done:
                pending.pop()
                continue
            value = values[each]
            if value.place >= 0:
                meaning = held.get((side, each))
                done[side, each] = self._missing(side, each) if meaning is None else meaning
                continue
            missing = [part for part in value.parts if (side, part) not in done]
            if missing:
                pending.extend(missing)
                continue
            parts = tuple(done[side, part] for part in value.parts)
            if value.head == INPUT and values[value.parts[0]].head not in self.preset:
                done[side, each] = parts[0]  # Every run under the old code was given it.
            else:
                done[side, each] = self.make(value.head, *parts)
        return done[side, number]
