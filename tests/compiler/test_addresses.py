"""Addresses of objects: comparing two is the same in every process, anything else is not."""

from __future__ import annotations

import pytest

from support.analysis import flagged, marked

COMPARED = """\
from dbos import DBOS


class Node:
    def __init__(self, name: str) -> None:
        self.name = name
        self.below: list[Node] = []


@DBOS.step()
def keep(value: object) -> None: ...


def flat(node: Node, seen: set[int]) -> list[str]:
    if id(node) in seen:
        return []
    seen.add(id(node))
    return [node.name] + [name for each in node.below for name in flat(each, seen)]


@DBOS.workflow()
def each_once(name: str) -> list[str]:
    node = Node(name)
    node.below.append(node)
    return flat(node, set())


@DBOS.workflow()
def counted(names: list[str]) -> int:
    nodes = [Node(name) for name in names]
    different = {id(node) for node in nodes}
    if len(different) > 3 or id(nodes[0]) == id(nodes[-1]):
        keep("many")
    return len(different)
"""

HANDED_ON = """\
from dbos import DBOS


@DBOS.step()
def keep(value: object) -> None: ...


@DBOS.workflow()
def as_a_text(node: object) -> None:
    keep(f"{id(node)}")  # flags: DBS503


@DBOS.workflow()
def as_an_order(nodes: list[object]) -> None:
    for node in sorted(nodes, key=id):  # flags: DBS503
        keep(node)


@DBOS.workflow()
def as_an_order_in_place(nodes: list[object]) -> None:
    nodes.sort(key=id)  # flags: DBS503
    keep(nodes[0])


@DBOS.workflow()
def which_is_less(one: object, other: object) -> None:
    if id(one) < id(other):  # flags: DBS503
        keep(one)


@DBOS.workflow()
def as_a_key(node: object) -> None:
    known: dict[int, int] = {}
    known[id(node)] = 3  # flags: DBS503
    keep(known)


@DBOS.workflow()
def as_a_key_of_a_display(nodes: list[object]) -> dict[int, int]:
    keep({id(nodes): 1})  # flags: DBS503
    return {id(node): 1 for node in nodes}  # flags: DBS503


@DBOS.workflow()
def as_a_result(node: object) -> int:
    address = id(node)  # flags: DBS503
    return address
"""


@pytest.mark.parametrize("text", [COMPARED, HANDED_ON], ids=["compared", "handed on"])
def test_addresses_are_flagged_where_they_are_more_than_compared(text: str) -> None:
    assert sorted(set(flagged(text))) == marked(text)
