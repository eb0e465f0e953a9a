"""Flows for tests of pictures: made by hand, and generated from a seed.

Generated flows have the shape of programs (branches that meet again, loops with exits, gathers,
handlers) or of no program at all: any arrows between any nodes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from dbos_build.flow.graph import Edge, Flow, Node
from dbos_build.graph.picture import Picture, Place

OPERATIONS = ("step", "transaction", "child", "enqueue", "send", "recv", "sleep", "set_event")
HOSTILE = (
    '"]; <script>alert(1)</script>',
    "a & b < c > d",
    "line\nbreak\r\n\ttab",
    "]]> --> <!-- {{x}} [[y]] ((z)) |p| `q` ;",
    "\\",
    "'\"",
    "end",
    "\x00\x08\x1b[31m\ud800\ufffe",
    "\u202eevil\u2066",
    "naïve 注文を確認する 🙂 e\u0301",
    "#quot; &quot; #35;",
    "x" * 500,
    "",
    " ",
    "subgraph",
    '%%{init: {"securityLevel": "loose"}}%%',
)


class Writing:
    """A flow while it is written."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.node("begin")

    def node(self, kind: str, name: str = "", text: str = "") -> int:
        """Add a node and return its number."""
        number = len(self.nodes)
        recorded = (name,) if name else ()
        self.nodes.append(Node(number, kind, name, recorded, text, f"d{number}", "main.py:flow"))
        return number

    def edge(self, source: int, target: int, label: str = "") -> None:
        """Add an edge, once."""
        edge = Edge(source, target, label)
        if edge not in self.edges:
            self.edges.append(edge)

    def finished(self) -> Flow:
        """The flow as a value."""
        return Flow(tuple(self.nodes), tuple(self.edges))


def picture(flow: Flow, workflow: str = "flow") -> Picture:
    """A picture with a place and a link for every node."""
    return Picture(
        workflow,
        flow,
        {node.number: Place("shop/flow.py", node.number + 1, 5) for node in flow.nodes},
        {node.number: f"shop/flow.py#L{node.number + 1}" for node in flow.nodes},
    )


def structured(seed: int, size: int = 12) -> Flow:
    """A flow with the shape of a program."""
    chance = random.Random(seed)
    writing = Writing()
    last = _block(writing, chance, [(0, "")], size)
    end = writing.node("end")
    for source, label in last:
        writing.edge(source, end, label)
    return writing.finished()


def tangled(seed: int, nodes: int, edges: int) -> Flow:
    """A flow with the shape of nothing: edges between any nodes, back, twice and to themselves."""
    chance = random.Random(seed)
    writing = Writing()
    kinds = (*OPERATIONS, "branch", "loop", "gather", "raise", "opaque", "end")
    for number in range(nodes - 1):
        name = f"operation_{number}" * chance.randint(1, 4)
        writing.node(chance.choice(kinds), name, "f(" + "x, " * chance.randint(0, 20) + ")")
    for _ in range(edges):
        label = chance.choice(("", "", "yes", "no", "except VeryLongErrorNameOfSomeLibrary"))
        writing.edge(chance.randrange(nodes), chance.randrange(nodes), label)
    return writing.finished()


Ends = list[tuple[int, str]]


def _block(writing: Writing, chance: random.Random, ends: Ends, budget: int) -> Ends:
    """Some statements one after the other."""
    statements: Sequence[Callable[[Writing, random.Random, Ends, int], Ends]] = (
        _operation,
        _operation,
        _branch,
        _loop,
        _gather,
        _guarded,
    )
    while budget > 0 and ends:
        share = max(1, budget // 2)
        make = chance.choice(statements) if budget > 2 else _operation
        ends = make(writing, chance, ends, share)
        budget -= share
    return ends


def _join(writing: Writing, ends: Ends, node: int) -> None:
    for source, label in ends:
        writing.edge(source, node, label)


def _operation(writing: Writing, chance: random.Random, ends: Ends, budget: int) -> Ends:
    kind = chance.choice(OPERATIONS)
    name = f"{kind}_{'of_orders_' * chance.randint(0, 3)}{len(writing.nodes)}"
    node = writing.node(kind, name, f"{name}(order, {'amount, ' * chance.randint(0, 5)})")
    _join(writing, ends, node)
    return [(node, "")]


def _branch(writing: Writing, chance: random.Random, ends: Ends, budget: int) -> Ends:
    node = writing.node("branch", "", "order.total > limit" + " and more" * chance.randint(0, 4))
    _join(writing, ends, node)
    found: Ends = []
    for label in ("yes", "no") if chance.random() < 0.7 else ("case 1", "case 2", "case _"):
        if chance.random() < 0.2:
            leaf = writing.node(chance.choice(("raise", "return")), "", "raise OrderError(order)")
            writing.edge(node, leaf, label)
        elif chance.random() < 0.3:
            found.append((node, label))
        else:
            found += _block(writing, chance, [(node, label)], budget // 2)
    return found


def _loop(writing: Writing, chance: random.Random, ends: Ends, budget: int) -> Ends:
    node = writing.node("loop", "", "for item in order.items")
    _join(writing, ends, node)
    for source, label in _block(writing, chance, [(node, "each")], budget // 2):
        writing.edge(source, node, label)
    return [(node, "done")]


def _gather(writing: Writing, chance: random.Random, ends: Ends, budget: int) -> Ends:
    node = writing.node("gather")
    _join(writing, ends, node)
    lanes = [
        each
        for _ in range(chance.randint(2, 5))
        for each in _block(writing, chance, [(node, "parallel")], budget // 3 or 1)
    ]
    joined = writing.node("join")
    _join(writing, lanes, joined)
    return [(joined, "")]


def _guarded(writing: Writing, chance: random.Random, ends: Ends, budget: int) -> Ends:
    node = writing.node("try")
    _join(writing, ends, node)
    inside = _block(writing, chance, [(node, "")], budget // 2 or 1)
    handler = writing.node("except", "", "except ValueError")
    for source, _ in inside[:1] or [(node, "")]:
        writing.edge(source, handler, "except ValueError")
    return inside + _block(writing, chance, [(handler, "")], budget // 3)
