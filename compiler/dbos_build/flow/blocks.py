"""Blocks: the graph while it is being drawn, and what each variable holds in each part of it.

In: nodes and jumps, in the order in which a walk through the workflow meets them; assignments and
reads of variables. Out: blocks with at most one node each, joined by labelled entries. A variable
that differs by the way into a block reads as a merge of that block.
Never: evaluates anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dbos_build.flow.terms import Terms

Variable = tuple[int, str]
"""A local variable: the number of the call it belongs to, and its name."""


@dataclass(slots=True, eq=False)
class Draft:
    """A node as it is drawn; `value` is a term, or -1, and `order` tells which came first."""

    kind: str
    name: str
    recorded: tuple[str, ...]
    text: str
    function: str
    value: int
    place: tuple[str, int, int]
    is_started: bool = False
    order: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """A piece of the way: what is assigned on it, and the node at its end, if any.

    `entries` are the blocks before it, with the label of the way from there. More may come until
    the block is `sealed`.
    """

    number: int
    entries: list[tuple[Block, str]] = field(default_factory=list)
    sealed: bool = True
    node: Draft | None = None
    held: dict[Variable, int] = field(default_factory=dict)
    waiting: dict[Variable, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Blocks:
    """All blocks of one workflow, and the terms in them."""

    terms: Terms
    blocks: list[Block] = field(default_factory=list)

    def block(self, *entries: tuple[Block, str], sealed: bool = True) -> Block:
        """A new block behind others."""
        made = Block(len(self.blocks), list(entries), sealed)
        self.blocks.append(made)
        return made

    def enter(self, source: Block, target: Block, label: str = "") -> None:
        """Another way into a block that is not sealed yet."""
        assert not target.sealed
        target.entries.append((source, label))

    def seal(self, block: Block) -> None:
        """No more ways into a block will come."""
        block.sealed = True
        for variable, merge in list(block.waiting.items()):
            self._fill(variable, block, merge)
        block.waiting.clear()

    def write(self, variable: Variable, block: Block, value: int) -> None:
        """Assign a variable."""
        block.held[variable] = value

    def read(self, variable: Variable, block: Block) -> int:
        """What a variable holds at the end of a block."""
        passed: list[Block] = []
        here = block
        while variable not in here.held and here.sealed and len(here.entries) == 1:
            passed.append(here)
            here = here.entries[0][0]
        value = here.held.get(variable)
        if value is None:
            value = self._merged(variable, here)
        for each in passed:
            each.held[variable] = value
        return value

    def _merged(self, variable: Variable, block: Block) -> int:
        """What a variable that no way assigns here holds where ways meet."""
        if block.sealed and not block.entries:
            value = self.terms.make("unbound")
            block.held[variable] = value
            return value
        if variable in block.waiting:  # it was read before, on a way that was given up since
            block.held[variable] = block.waiting[variable]
            return block.waiting[variable]
        merge = self.terms.merge(block.number)
        block.held[variable] = merge
        if not block.sealed:
            block.waiting[variable] = merge
            return merge
        return self._fill(variable, block, merge)

    def _fill(self, variable: Variable, block: Block, merge: int) -> int:
        """Fill in what a merge may be; one that can only be one thing is that thing."""
        parts = [self.read(variable, before) for before, _ in block.entries]
        self.terms.merges[merge] = parts
        others = set(parts) - {merge}
        if len(others) == 1:
            (only,) = others
            if block.held.get(variable) == merge:
                block.held[variable] = only
            return only
        return merge
