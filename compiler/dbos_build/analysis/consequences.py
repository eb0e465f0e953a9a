"""Consequences: where the values that differ between runs get to.

In: the activations that a durable function runs. Out: which nondeterministic places decide control
flow, end in durable data or in an identity, and which only reach a log line. Never does: judge an
act, such as sending a request, by what becomes of its result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dbos_build.interpreter.cells import Cell
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.machine import Activation, Boundary, Enter, Opaque, Target, Use
from dbos_build.interpreter.values import (
    NOTHING,
    ORDER_KINDS,
    InstanceRef,
    Mapping,
    Sequence,
    Taint,
    Value,
)
from dbos_build.names.symbols import Class
from dbos_build.nodes import every

LOGGING = ("dbos.DBOS.logger", "logging.", "warnings.warn")
_LOG_EFFECTS = frozenset({"output", "logging"})
_DEPTH_MAX = 4

HARMLESS_ACTS = frozenset(
    {
        "clock",
        "monotonic",
        "timezone",
        "random",
        "unseeded",
        "entropy",
        "identifier",
        "environment",
        "host",
        "interpreter",
        "identity",
        "address",
        "context",
    }
)
"""Effects that only yield a value: done once more, they change nothing outside."""


@dataclass(frozen=True, slots=True, eq=False)
class Consequence:
    """A place where values that differ between runs matter, and where they come from.

    `is_decision` tells a test, a loop or an exception from data that becomes durable.
    """

    activation: Activation
    node: ast.AST
    taints: frozenset[Taint]
    is_decision: bool


@dataclass(frozen=True, slots=True, eq=False)
class Consequences:
    """What becomes of the nondeterministic values of one durable function.

    `escaped` have a consequence, `logged` reach a log line, `unused` reach nothing at all.
    """

    places: tuple[Consequence, ...]
    escaped: frozenset[Taint]
    logged: frozenset[Taint]
    unused: frozenset[tuple[str, int, int]]

    def is_harmless(self, taint: Taint) -> bool:
        """Whether a value surely has no consequence: it is logged, or never looked at.

        Of an address it is enough that nothing else is done with it than to compare it.
        """
        if taint in self.escaped or taint.kind == "address":
            return taint not in self.escaped
        return taint in self.logged or (taint.path, taint.line, taint.column) in self.unused


def follow(
    root: Activation, activations: Iterable[Activation], knowledge: Knowledge
) -> Consequences:
    """Follow every value of a durable function."""
    attributes = _Attributes(root.returns.engine.attributes)
    given = attributes.inside(root.returns.value) | attributes.inside(root.yields.value)
    escaped = set(given)
    logged: set[Taint] = set()
    unused: set[tuple[str, int, int]] = set()
    places: list[Consequence] = []
    for activation in activations:
        own = _own(activation, knowledge, attributes)
        places.extend(own.places)
        escaped |= own.escaped
        logged |= own.logged
        unused |= own.unused
    if given and root.function is not None:
        places.append(Consequence(root, root.function.node, given, is_decision=False))
    return Consequences(tuple(places), frozenset(escaped), frozenset(logged), frozenset(unused))


def _own(activation: Activation, knowledge: Knowledge, attributes: _Attributes) -> Consequences:
    """What one function does with values; computed once, however many workflows run it."""
    known: Consequences | None = activation.memo.get("consequences")
    if known is not None:
        return known
    places: list[Consequence] = []
    logged: frozenset[Taint] = frozenset()
    for node, taints in activation.branches:
        # Testing each element of a set in any order comes to the same.
        kept = frozenset(taint for taint in taints if taint.kind not in ORDER_KINDS)
        if kept:
            places.append(Consequence(activation, node, kept, is_decision=True))
    for call, targets in activation.calls.items():
        if isinstance(call, ast.Call):
            if any(is_logging(target, knowledge) for target in targets):
                logged |= argument_taints(activation, call)
                logged |= activation.values.get(call.func, NOTHING).taints
            places.extend(_handed_on(activation, call, targets, knowledge, attributes))
    escaped = frozenset(taint for place in places for taint in place.taints)
    own = Consequences(tuple(places), escaped, logged, frozenset(_unread(activation)))
    activation.memo["consequences"] = own
    return own


def _handed_on(
    activation: Activation,
    node: ast.Call,
    targets: list[Target],
    knowledge: Knowledge,
    attributes: _Attributes,
) -> Iterator[Consequence]:
    """What a call does with the values it is given, and with the choice of what is called."""
    chosen = activation.values.get(node.func, NOTHING).taints
    if chosen and (len(targets) > 1 or any(isinstance(each, Boundary) for each in targets)):
        yield Consequence(activation, node, chosen, is_decision=True)
    for target in targets:
        if isinstance(target, Enter) or is_logging(target, knowledge):
            continue
        if not _passes_on(target, knowledge):
            taints = argument_taints(activation, node)
            if isinstance(target, Boundary):
                taints = taints | attributes.of_arguments(activation, node)
            if taints:
                yield Consequence(activation, node, taints, is_decision=False)


def is_logging(target: object, knowledge: Knowledge) -> bool:
    """Whether a call only writes a log line or to the terminal."""
    if not isinstance(target, Use):
        return False
    return target.name.startswith(LOGGING) or not _LOG_EFFECTS.isdisjoint(target.effects)


def _passes_on(target: object, knowledge: Knowledge) -> bool:
    """Whether a call only turns its arguments into a result, which carries them on."""
    if isinstance(target, Opaque | Boundary):
        return False
    if isinstance(target, Use):
        return not target.effects and knowledge.find(target.name) is not None
    return True


def argument_taints(activation: Activation, node: ast.Call) -> frozenset[Taint]:
    """Where the arguments of a call may come from."""
    values = activation.values
    taints: frozenset[Taint] = frozenset()
    for argument in _arguments(node):
        taints = taints | values.get(argument, NOTHING).taints
    return taints


def _arguments(node: ast.Call) -> Iterator[ast.expr]:
    yield from node.args
    yield from (keyword.value for keyword in node.keywords)


class _Attributes:
    """The attributes of objects: what becomes durable with the object that holds it."""

    def __init__(self, known: dict[tuple[Class, int | None], dict[str, Cell]]) -> None:
        self._known = known

    def of_arguments(self, activation: Activation, node: ast.Call) -> frozenset[Taint]:
        """The taints inside the objects that a call is given."""
        found: set[Taint] = set()
        for argument in _arguments(node):
            found |= self.inside(activation.values.get(argument, NOTHING))
        return frozenset(found)

    def inside(self, value: Value) -> frozenset[Taint]:
        """The taints of a value and of everything that it holds."""
        found = set(value.taints)
        waiting = [(value, 0)]
        seen: set[InstanceRef] = set()
        while waiting:
            held, depth = waiting.pop()
            found |= held.taints
            if depth >= _DEPTH_MAX:
                continue
            for atom in held.atoms:
                match atom:
                    case Sequence():
                        waiting.append((atom.element, depth + 1))
                    case Mapping():
                        waiting.extend((item, depth + 1) for _, item in atom.items)
                        waiting.append((atom.rest, depth + 1))
                    case InstanceRef() if atom.site is not None and atom not in seen:
                        # Only objects made here: of others every object of the class would count.
                        seen.add(atom)
                        stored = self._known.get((atom.owner, atom.site), {})
                        waiting.extend((cell.value, depth + 1) for cell in stored.values())
        return frozenset(taint for taint in found if taint.kind not in ORDER_KINDS) | value.taints


def _unread(activation: Activation) -> set[tuple[str, int, int]]:
    """The places whose value is dropped, or assigned to a local variable that nothing reads."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda) or not _yields(activation):
        return set()
    assigned: dict[str, list[ast.expr]] = {}
    read: set[str] = set()
    for node in every(function.node, ast.Assign):
        target = node.targets[0] if len(node.targets) == 1 else None
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Call | ast.Attribute):
            assigned.setdefault(target.id, []).append(node.value)
    path = activation.module.path
    dropped = {
        (path, statement.value.lineno, statement.value.col_offset)
        for statement in every(function.node, ast.Expr)
        if isinstance(statement.value, ast.Call) and _only_yields(activation, statement.value)
    }
    if not assigned:
        return dropped
    for name in every(function.node, ast.Name):
        if not isinstance(name.ctx, ast.Store):
            read.add(name.id)
    for rebound in every(function.node, ast.Global, ast.Nonlocal):
        read.update(rebound.names)
    return dropped | {
        (path, value.lineno, value.col_offset)
        for name, values in assigned.items()
        if name not in read
        for value in values
    }


def _only_yields(activation: Activation, node: ast.Call) -> bool:
    """Whether a call gives a value and can do nothing else: it is handed nothing to change."""
    targets = activation.calls.get(node, ())
    return all(isinstance(argument, ast.Constant) for argument in _arguments(node)) and any(
        isinstance(target, Use) and target.taint is not None for target in targets
    )


def _yields(activation: Activation) -> bool:
    """Whether a function itself reads anything that differs between runs."""
    return any(
        isinstance(target, Use) and target.taint is not None
        for targets in activation.calls.values()
        for target in targets
    )
