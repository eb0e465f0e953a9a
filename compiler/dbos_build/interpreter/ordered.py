"""Sets that keep their order: what something may be is looked at in the order it was found in.

In: hashable things. Out: `Ordered` sets. Never does: give them in the order of their hashes, as a
plain set would: hashes differ between processes, so the same program would be run in another order
and be told about in other words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar, cast

Item = TypeVar("Item")
Held = TypeVar("Held", covariant=True)


class Ordered(frozenset[Held]):
    """A frozen set that gives its items in the order in which they were found.

    Two with the same items are equal, whatever their orders.
    """

    __slots__ = ("_order",)
    _order: tuple[Held, ...]

    def __iter__(self) -> Iterator[Held]:
        return iter(self._order)


class _Few(Protocol):
    """What makes a set of at most one item."""

    def __call__(self, items: tuple[Item, ...], /) -> Ordered[Item]: ...


few = cast("_Few", frozenset)
"""One item, or none, as a set: there is no order to keep, and a plain set is made much faster."""


def ordered(items: Iterable[Item]) -> Ordered[Item]:
    """These items, each once, in the order given."""
    order = dict.fromkeys(items)
    if len(order) < 2:
        return few(tuple(order))
    made = Ordered(order)
    made._order = tuple(order)
    return made


def extended(known: Ordered[Item], added: Sequence[Item]) -> Ordered[Item]:
    """A set with more items, which are not in it yet, behind its own."""
    made = Ordered(known.union(added))
    made._order = (*known, *added)
    return made
