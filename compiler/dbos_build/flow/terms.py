"""Terms: what the expressions of a workflow stand for, each different one held once.

In: heads and the terms they are applied to. Out: numbers of terms; two expressions have one number
exactly when they are made alike from the same inputs, results and merges. Local names do not occur.
Never: decides what an expression means; that is the work of the walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbos_build.flow.graph import MERGE


@dataclass(frozen=True, slots=True)
class Term:
    """A head applied to other terms; with a `place`, bound to what happens in that block."""

    head: str
    place: int = -1
    parts: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Terms:
    """The terms of one workflow. `merges` holds what each merge may be, by its number."""

    rows: list[Term] = field(default_factory=list)
    numbers: dict[Term, int] = field(default_factory=dict)
    merges: dict[int, list[int]] = field(default_factory=dict)
    plain: set[int] = field(default_factory=set)
    """Terms whose values cannot be changed in place: numbers, texts, truth values."""

    def make(self, head: str, *parts: int, place: int = -1) -> int:
        """The number of a term."""
        if head == "at" and self.rows[parts[1]].head == "heap" and not self.rows[parts[1]].parts:
            return parts[0]
        if head == "at" and parts[0] in self.plain:
            return parts[0]
        if head == "select" and parts[1] == parts[2]:
            return parts[1]
        return self._number(Term(head, place, parts))

    def scalar(self, head: str, *parts: int) -> int:
        """The number of a term whose value cannot be changed in place."""
        number = self.make(head, *parts)
        self.plain.add(number)
        return number

    def merge(self, place: int) -> int:
        """A new merge in a block; what it may be is filled in by who made it."""
        number = len(self.rows)
        self.rows.append(Term(MERGE, place, (number,)))
        self.merges[number] = []
        return number

    def _number(self, term: Term) -> int:
        number = self.numbers.get(term)
        if number is None:
            number = self.numbers[term] = len(self.rows)
            self.rows.append(term)
        return number

    def mentions(self, term: int, wanted: frozenset[int]) -> list[int]:
        """Which of the wanted terms a term is made of, in the order of their appearance."""
        found: dict[int, None] = {}
        seen: set[int] = set()
        pending = [term]
        while pending:
            number = pending.pop()
            if number in wanted:
                found[number] = None
                continue
            if number in seen or number in self.merges:
                continue
            seen.add(number)
            pending.extend(reversed(self.rows[number].parts))
        return list(found)

    def replaced(self, term: int, exchange: Mapping[int, int]) -> int:
        """A term with some of the terms in it exchanged; merges are left as they are."""
        done = dict(exchange)
        pending = [term]
        while pending:
            number = pending[-1]
            row = self.rows[number]
            if number in self.merges:
                done.setdefault(number, number)
            missing = [] if number in done else [part for part in row.parts if part not in done]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            if number not in done:
                parts = tuple(done[part] for part in row.parts)
                made = (
                    number if parts == row.parts else self.make(row.head, *parts, place=row.place)
                )
                if number in self.plain:
                    self.plain.add(made)
                done[number] = made
        return done[term]
