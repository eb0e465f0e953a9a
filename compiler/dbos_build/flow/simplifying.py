"""Simplifying: merges that can only be one thing, replaced by that thing.

In: the terms of a finished walk. Out: the same terms under the same numbers, seen through merges
that are none, and with what follows from that: a state of all objects that never changed, a choice
between equals.
Never: changes what a term stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dbos_build.flow.terms import Term, Terms


@dataclass(slots=True, eq=False)
class Simplified:
    """Terms seen through idle merges: `made` holds the new terms, `now` the new number of each."""

    made: Terms
    now: dict[int, int] = field(default_factory=dict)


def simplified(terms: Terms) -> Simplified:
    """Return the terms without idle merges."""
    alias: dict[int, int] = {}
    while True:
        result = _rebuilt(terms, alias)
        found = _idle(terms, result, alias)
        if not found:
            return result
        alias.update(found)


def _resolved(number: int, alias: dict[int, int]) -> int:
    while number in alias:
        number = alias[number]
    return number


def _idle(terms: Terms, result: Simplified, alias: dict[int, int]) -> dict[int, int]:
    """Merges all of whose parts, themselves aside, are one term."""
    found: dict[int, int] = {}
    for merge, parts in terms.merges.items():
        if merge in alias:
            continue
        own = result.now[merge]
        others = {result.now[part]: part for part in parts if result.now[part] != own}
        if len(others) == 1:
            (only,) = others.values()
            if _resolved(only, {**alias, **found}) != merge:
                found[merge] = only
    return found


def _rebuilt(terms: Terms, alias: dict[int, int]) -> Simplified:
    """All terms once more, merges that are idle replaced."""
    result = Simplified(Terms())
    for number in terms.merges:
        if number not in alias:
            result.now[number] = result.made.merge(terms.rows[number].place)
    order = _ordered(terms, alias)
    for number in order:
        if number in result.now:
            continue
        if number in alias:
            result.now[number] = result.now[_resolved(number, alias)]
            continue
        row: Term = terms.rows[number]
        made = result.made.make(
            row.head, *(result.now[part] for part in row.parts), place=row.place
        )
        if number in terms.plain:
            result.made.plain.add(made)
        result.now[number] = made
    for merge, parts in terms.merges.items():
        if merge not in alias:
            result.made.merges[result.now[merge]] = [result.now[part] for part in parts]
    return result


def _ordered(terms: Terms, alias: dict[int, int]) -> Sequence[int]:
    """All terms, each behind what it is made of."""
    done: dict[int, None] = {}
    for first in range(len(terms.rows)):
        pending = [first]
        while pending:
            number = pending[-1]
            if number in done:
                pending.pop()
                continue
            if number in alias:
                needed: Sequence[int] = (_resolved(number, alias),)
            elif number in terms.merges:
                needed = ()
            else:
                needed = terms.rows[number].parts
            missing = [part for part in needed if part not in done]
            if missing:
                pending.extend(missing)
            else:
                done[number] = None
                pending.pop()
    return list(done)
