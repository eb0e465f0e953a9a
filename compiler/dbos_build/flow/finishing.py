"""Finishing: a drawn walk as the frozen values of a flow.

In: the blocks and terms of a walk. Out: a `Flow` without what cannot be reached, its nodes numbered
in the order in which they were drawn, and the place of each node.
Values that do not depend on what happens in the workflow are one hash; of the others the parts are
kept, so that two builds can be compared.
Never: keeps names of local variables or source text in a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dbos_build.flow.blocks import Block, Draft
from dbos_build.flow.graph import Edge, Flow, Node
from dbos_build.flow.simplifying import simplified
from dbos_build.flow.spelling import Spelling
from dbos_build.flow.walk import Walk

TEXT_MAX = 160


@dataclass(slots=True, eq=False)
class _Layout:
    """Which blocks became nodes: their blocks in order, and the entries of each."""

    blocks: list[Block]
    numbers: dict[int, int]
    entries: dict[int, list[tuple[Block, str]]] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)
    """Block → the block of the node in which its merges take place."""
    heads: dict[int, Block] = field(default_factory=dict)

    def entries_kept(self) -> dict[int, list[bool]]:
        """Of the first block of each node: which of its entries can be reached."""
        return {
            head.number: [
                _origin(source, label)[0].number in self.numbers for source, label in head.entries
            ]
            for head in self.heads.values()
        }


def flow_of(walk: Walk, end: Block) -> Flow:
    """Return the flow of a finished walk."""
    layout = _laid_out(walk, end)
    terms = simplified(walk.terms)
    spelled = Spelling(terms, layout.entries_kept(), layout.numbers, layout.home)
    nodes = tuple(
        _node(number, block.node, spelled)
        for number, block in enumerate(layout.blocks)
        if block.node is not None
    )
    edges = tuple(
        Edge(layout.numbers[source.number], number, label)
        for number, block in enumerate(layout.blocks)
        for source, label in layout.entries[block.number]
    )
    spelled.finish()
    return Flow(nodes, edges, tuple(spelled.values))


def places_of(walk: Walk, end: Block) -> Mapping[int, tuple[str, int, int]]:
    """Return the place of each node of a finished walk."""
    blocks = _laid_out(walk, end).blocks
    return {number: block.node.place for number, block in enumerate(blocks) if block.node}


def _laid_out(walk: Walk, end: Block) -> _Layout:
    _join_meetings(walk.blocks.blocks)
    chosen = _reachable(walk.blocks.blocks)
    if end.number not in chosen:
        chosen.add(end.number)
    blocks = [each for each in walk.blocks.blocks if each.node and each.number in chosen]
    blocks.sort(key=_order)
    layout = _Layout(blocks, {each.number: place for place, each in enumerate(blocks)})
    for block in blocks:
        head = block
        layout.home[head.number] = block.number
        while len(head.entries) == 1 and head.entries[0][0].node is None and not head.entries[0][1]:
            head = head.entries[0][0]
            layout.home[head.number] = block.number
        layout.heads[block.number] = head
        ways = [_origin(source, label) for source, label in head.entries]
        layout.entries[block.number] = [way for way in ways if way[0].number in layout.numbers]
    return layout


def _order(block: Block) -> tuple[int, int]:
    """Nodes stand in the order in which they were drawn; meetings directly before what follows."""
    assert block.node is not None
    return (block.node.order, block.number)


def _origin(block: Block, label: str) -> tuple[Block, str]:
    """The node from which a way comes, and the label nearest to it."""
    while block.node is None and block.entries:
        block, nearer = block.entries[0]
        label = nearer or label
    return block, label


def _join_meetings(blocks: Sequence[Block]) -> None:
    """Give a node to each meeting of ways from which another meeting is entered."""
    followed: dict[int, Block] = {}
    for block in blocks:
        if len(block.entries) == 1:
            followed[block.entries[0][0].number] = block
    for block in blocks:
        if block.node is None and len(block.entries) > 1:
            last, seen = block, {block.number}
            while last.node is None and last.number in followed:
                last = followed[last.number]
                if last.number in seen:
                    break
                seen.add(last.number)
            if last.node is None:
                before = _node_before(block)
                block.node = Draft(
                    kind="join",
                    name="",
                    recorded=(),
                    text="",
                    function=before.function,
                    value=-1,
                    place=before.place,
                    order=before.order,
                )


def _node_before(block: Block) -> Draft:
    """The last node that was drawn on one of the ways to a block."""
    seen: set[int] = set()
    found: list[Draft] = []
    pending = [block]
    while pending:
        each = pending.pop()
        if each.node is not None:
            found.append(each.node)
        elif each.number not in seen:
            seen.add(each.number)
            pending.extend(source for source, _ in each.entries)
    return max(found, key=lambda draft: draft.order)


def _reachable(blocks: Sequence[Block]) -> set[int]:
    """The blocks that the beginning leads to."""
    leading: dict[int, list[int]] = {}
    for block in blocks:
        for source, _ in block.entries:
            leading.setdefault(source.number, []).append(block.number)
    found: set[int] = set()
    pending = [0]
    while pending:
        number = pending.pop()
        if number not in found:
            found.add(number)
            pending.extend(leading.get(number, ()))
    return found


def _node(number: int, draft: Draft, spelled: Spelling) -> Node:
    value = -1 if draft.value < 0 else spelled.number(draft.value)
    text = " ".join(draft.text.split())
    return Node(
        number=number,
        kind=draft.kind,
        name=draft.name,
        recorded=draft.recorded,
        text=text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…",
        digest="" if value < 0 else spelled.digest(draft.value),
        function=draft.function,
        value=value,
        is_started=draft.is_started,
    )
