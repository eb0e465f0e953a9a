"""Spelling: terms as the values of a flow.

In: simplified terms, and which block became which node. Out: values by number. What does not depend
on anything that happens is one hash, whatever it is made of; the rest keeps its parts, so that two
builds can be compared value by value.
Never: keeps source text or names of local variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dbos_build.flow.graph import MERGE, RAISED, RESULT, Value
from dbos_build.flow.simplifying import Simplified
from dbos_build.reading.digest import fingerprint

DIGITS = 16
"""How much of a hash is kept: enough to tell two values of one workflow's history apart."""
INPUT = "input"
"""The head of a parameter with a default: whoever compares may know that it was always passed."""
READABLE = frozenset({"and", "or", "not", "select", "true", "false", INPUT})
"""Heads that whoever compares two flows understands."""


def closed_head(head: str, texts: Sequence[str]) -> str:
    """Return the head of a value that depends on nothing that happens, made of others like it."""
    return fingerprint("", " ".join([head, *texts]))[:DIGITS] if texts else head


def closed_text(head: str, texts: Sequence[str]) -> str:
    """Return what stands for such a value in the head of a larger one."""
    return f"({head} {' '.join(texts)})" if texts else head


@dataclass(slots=True, eq=False)
class Spelling:
    """The values so far.

    `kept` tells of the first block of each node which of its entries can be reached, `numbers` are
    the nodes by their block, `home` the node's block for every block that leads to it alone.
    """

    terms: Simplified
    kept: Mapping[int, Sequence[bool]]
    numbers: Mapping[int, int]
    home: Mapping[int, int]
    values: list[Value] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)
    rows: dict[Value, int] = field(default_factory=dict)
    merges: list[int] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    """What stands for each value that depends on nothing that happens."""
    digests: dict[int, str] = field(default_factory=dict)

    def number(self, term: int) -> int:
        """The number of the value that a term of the walk stands for."""
        return self._spell(self.terms.now[term])

    def digest(self, term: int) -> str:
        """A hash of the value that a term of the walk stands for."""
        number = self.number(term)
        return self.digests[number]

    def finish(self) -> None:
        """Spell what the merges may be, which may need further merges."""
        position = 0
        while position < len(self.merges):
            term = self.merges[position]
            row = self.terms.made.rows[term]
            parts = self.terms.made.merges[term]
            mask = self.kept.get(row.place, [True] * len(parts))
            spelled = [
                self._spell(part) for part, is_kept in zip(parts, mask, strict=True) if is_kept
            ]
            number = self.known[term]
            self.values[number] = Value(MERGE, self.values[number].place, tuple(spelled))
            position += 1

    def _spell(self, term: int) -> int:
        pending = [term]
        while pending:
            number = pending[-1]
            if number in self.known:
                pending.pop()
                continue
            row = self.terms.made.rows[number]
            is_merge = number in self.terms.made.merges
            missing = [] if is_merge else [each for each in row.parts if each not in self.known]
            if missing:
                pending.extend(reversed(missing))
                continue
            pending.pop()
            self.known[number] = self._merge(number) if is_merge else self._row(number)
        return self.known[term]

    def _merge(self, term: int) -> int:
        row = self.terms.made.rows[term]
        place = self.numbers.get(self.home.get(row.place, -1), -1)
        number = self._add(Value(MERGE, place, ()), f"{MERGE} {place} {len(self.merges)}")
        self.merges.append(term)
        return number

    def _row(self, term: int) -> int:
        row = self.terms.made.rows[term]
        parts = tuple(self.known[part] for part in row.parts)
        if row.head in (RESULT, RAISED):
            place = self.numbers.get(row.place, -1)
            return self._placed(Value(row.head, place), f"{row.head} {place}")
        head = row.head if row.head in READABLE else fingerprint("", ascii(row.head))[:DIGITS]
        texts = [self.texts[part] for part in parts if part in self.texts]
        shown = " ".join([head, *(self.digests[part] for part in parts)])
        if len(texts) < len(parts) or head == INPUT:
            return self._placed(Value(head, -1, parts), shown)
        if head not in READABLE:
            head, parts, texts = closed_head(head, texts), (), []
        number = self._placed(Value(head, -1, parts), closed_text(head, texts))
        self.texts[number] = closed_text(head, texts)
        return number

    def _placed(self, value: Value, text: str) -> int:
        known = self.rows.get(value)
        if known is None:
            known = self.rows[value] = self._add(value, text)
        return known

    def _add(self, value: Value, text: str) -> int:
        number = len(self.values)
        self.values.append(value)
        self.digests[number] = fingerprint("", text)[:DIGITS]
        return number
