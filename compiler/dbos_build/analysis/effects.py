"""Effects: what each workflow reaches, and by which way.

In: the activations of durable functions. Out: occurrences: an effect at a place, with the shortest
chain of calls that leads there from a workflow, and whether its value can decide anything. Never
does: cross a step or a transaction; their bodies are not part of the workflow.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dbos_build.analysis.consequences import HARMLESS_ACTS, Consequences, follow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.guards import outside_steps
from dbos_build.findings import Link
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.machine import Activation, Enter, Use
from dbos_build.interpreter.values import NOTHING, External, Taint


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way: in which activation, at which node, and why if it is no plain call.

    `skipped` is the number of calls before it that are left out of a way of many.
    """

    activation: Activation
    node: ast.AST
    through: str = ""
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """An activation that a durable function runs, and the way to it."""

    activation: Activation
    way: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Everything that one durable function runs, nearest first."""

    declaration: Declaration
    reached: tuple[Reached, ...]
    consequences: Consequences

    @property
    def escaped(self) -> frozenset[Taint]:
        """The nondeterministic values that can decide something or become durable."""
        return self.consequences.escaped

    def activations(self) -> Iterator[Activation]:
        """The activations alone."""
        for item in self.reached:
            yield item.activation


@dataclass(frozen=True, slots=True, eq=False)
class Occurrence:
    """A use of the outside with one effect. `through` is set when a default causes it.

    `is_harmless` says that its value reaches a log line at most.
    """

    effect: str
    use: Use
    node: ast.AST
    activation: Activation
    workflow: str
    chain: tuple[Link, ...]
    through: str
    is_harmless: bool


def explore(declaration: Declaration, root: Activation, knowledge: Knowledge) -> Reach:
    """Walk everything a durable function runs, breadth first, in source order."""
    ways: dict[Activation, tuple[Step, ...]] = {root: ()}
    waiting = deque([root])
    found: list[Reached] = []
    is_step = declaration.kind in {"step", "transaction"}
    while waiting:
        activation = waiting.popleft()
        way = ways[activation]
        found.append(Reached(activation, way))
        skipped = outside_steps(activation) if is_step else frozenset()
        for node, target in _entered(activation):
            if target.activation not in ways and node not in skipped:
                ways[target.activation] = _longer(way, Step(activation, node, target.through))
                waiting.append(target.activation)
    consequences = follow(root, [item.activation for item in found], knowledge)
    return Reach(declaration, tuple(found), consequences)


_WAY_MAX = 64
"""How many calls of a way are kept; nobody reads more, and ways of thousands would fill memory."""


def _longer(way: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """A way with one more call; of a long one the calls in the middle are only counted."""
    if len(way) < _WAY_MAX:
        return (*way, step)
    half = _WAY_MAX // 2
    behind = replace(way[half + 1], skipped=way[half].skipped + 1)
    return (*way[:half], behind, *way[half + 2 :], step)


def _entered(activation: Activation) -> list[tuple[ast.AST, Enter]]:
    """The functions that one runs, in source order; sorted once for all workflows."""
    known: list[tuple[ast.AST, Enter]] | None = activation.memo.get("entered")
    if known is None:
        known = activation.memo["entered"] = [
            (node, target)
            for node, targets in sorted(activation.calls.items(), key=_position)
            for target in targets
            if isinstance(target, Enter)
        ]
    return known


def _used(activation: Activation) -> list[tuple[ast.AST, Use, str]]:
    """The effects of one function with their places, in source order.

    The first effect listed is the one to act on; the others follow from it, but an order that is
    not controlled is a fault of its own.
    """
    known: list[tuple[ast.AST, Use, str]] | None = activation.memo.get("used")
    if known is None:
        known = activation.memo["used"] = []
        for node, targets in sorted(activation.calls.items(), key=_position):
            for target in targets:
                if isinstance(target, Use) and target.effects:
                    known.append((node, target, target.effects[0]))
                    if "order" in target.effects[1:]:
                        known.append((node, target, "order"))
    return known


def _position(item: tuple[ast.AST, object]) -> tuple[int, int]:
    node = item[0]
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def occurrences(reach: Reach) -> Iterator[Occurrence]:
    """Every effect a durable function reaches, with its chain.

    Addresses that are only compared are none: `id(node) in seen` is the same in every process.
    """
    for item in reach.reached:
        for node, use, effect in _used(item.activation):
            found = _occurrence(reach, item, node, use, effect)
            if effect != "address" or not found.is_harmless:
                yield found


def _occurrence(reach: Reach, item: Reached, node: ast.AST, use: Use, effect: str) -> Occurrence:
    """One effect; behind a default factory it sits where the object is made."""
    activation, through = item.activation, use.through
    chain = links(item.way, activation, node, use.name)
    for index, step in enumerate(item.way):
        if step.through:
            activation, node, through = step.activation, step.node, step.through
            chain = (*chain[:index], *chain[index:])
            break
    harmless = (
        effect in HARMLESS_ACTS
        and use.taint is not None
        and reach.consequences.is_harmless(use.taint)
        and (effect != "address" or _is_asked_for(item.activation, node, use))
    )
    return Occurrence(
        effect=effect,
        use=use,
        node=node,
        activation=activation,
        workflow=reach.declaration.name,
        chain=chain,
        through=through,
        is_harmless=harmless,
    )


def _is_asked_for(activation: Activation, node: ast.AST, use: Use) -> bool:
    """Whether a call names what it uses, rather than hand it on as in `sorted(nodes, key=id)`."""
    callee = activation.values.get(node.func, NOTHING) if isinstance(node, ast.Call) else NOTHING
    return any(isinstance(atom, External) and atom.name == use.name for atom in callee.atoms)


def links(
    way: tuple[Step, ...], activation: Activation, node: ast.AST, what: str
) -> tuple[Link, ...]:
    """The chain from a durable function's body to a place."""
    hops = [
        _link(step.activation, step.node, _callee(way, index, activation))
        for index, step in enumerate(way)
    ]
    return (*hops, _link(activation, node, what))


def _callee(way: tuple[Step, ...], index: int, last: Activation) -> str:
    """The name of the function that a step of the way enters."""
    if index + 1 == len(way):
        return f"{last.name}()"
    after = way[index + 1]
    entered = f"{after.activation.name}()"
    return f"{entered} at the end of {after.skipped} calls more" if after.skipped else entered


def _link(activation: Activation, node: ast.AST, what: str) -> Link:
    return Link(
        path=activation.module.path,
        line=getattr(node, "lineno", 1),
        column=getattr(node, "col_offset", 0) + 1,
        function=activation.name,
        what=what,
    )
