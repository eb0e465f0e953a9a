"""Reaching: which parts of a workflow's code can ask the runtime for something.

In: what a workflow runs. Out: `Reaching`, which tells for a call, a piece of syntax and a function
whether an operation, or code that nobody can follow, lies in it. The rest is plain computing.
Never: draws anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dbos_build.flow.operations import operation
from dbos_build.flow.ownership import UNCHANGING, owned_names
from dbos_build.interpreter.machine import Activation, Boundary, Enter, Opaque, Target, Use

DURABLE = frozenset({"step", "transaction", "workflow"})
_HANDLE_METHODS = frozenset({"get_result"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(slots=True, eq=False)
class Reaching:
    """Which activations and which nodes in them reach an operation.

    `methods` are the names of durable methods, and of methods that reach an operation: a call of
    such a name on an unknown object may be one of them. `raising` raise an error of their own,
    `changing` change objects that they did not make.
    """

    active: set[Activation] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    raising: set[Activation] = field(default_factory=set)
    changing: set[Activation] = field(default_factory=set)
    nodes: dict[Activation, frozenset[ast.AST]] = field(default_factory=dict)

    def target(self, node: ast.AST, target: Target) -> bool:
        """Whether a target of a call reaches an operation."""
        match target:
            case Enter():
                return target.activation in self.active
            case Boundary():
                return target.kind in DURABLE or operation(target.name) is not None
            case Opaque():
                return self._may_be(node)
            case Use():
                return target.effects == ("code",) and isinstance(node, ast.Call)
        return False

    def _may_be(self, node: ast.AST) -> bool:
        """Whether a call that cannot be resolved may run an operation.

        A method of an unknown object may when something of that name does; a computed function or
        one that was passed in always may.
        """
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute):
            return node.func.attr in self.methods or node.func.attr in _HANDLE_METHODS
        return True

    def acts(self, node: ast.AST, activation: Activation) -> bool:
        """Whether a piece of syntax of a function holds an operation."""
        return node in self._marked(activation)

    def raises(self, node: ast.AST, activation: Activation) -> bool:
        """Whether a piece of syntax calls a helper that raises an error of its own."""
        return any(
            isinstance(target, Enter) and target.activation in self.raising
            for each in ast.walk(node)
            for target in activation.calls.get(each, ())
        )

    def any_acts(self, nodes: Iterable[ast.AST], activation: Activation) -> bool:
        """Whether one of several pieces does."""
        marked = self._marked(activation)
        return any(node in marked for node in nodes)

    def _marked(self, activation: Activation) -> frozenset[ast.AST]:
        """Every node of a function below which an operation stands."""
        known = self.nodes.get(activation)
        if known is None:
            chosen = {
                node
                for node, targets in activation.calls.items()
                if any(self.target(node, target) for target in targets)
            }
            known = self.nodes[activation] = frozenset(_with_ancestors(activation, chosen))
        return known


def _with_ancestors(activation: Activation, chosen: set[ast.AST]) -> Iterable[ast.AST]:
    """Nodes and what they stand in, up to the function; nested functions hold nothing here."""
    function = activation.function
    if function is None or not chosen:
        return chosen
    above: dict[ast.AST, ast.AST] = {}
    pending: list[ast.AST] = [function.node]
    while pending:
        node = pending.pop()
        for child in ast.iter_child_nodes(node):
            above[child] = node
            if not isinstance(child, _SCOPES):
                pending.append(child)
    found: set[ast.AST] = set()
    for node in chosen:
        each: ast.AST | None = node
        while each is not None and each not in found:
            found.add(each)
            each = above.get(each)
    return found


def reaching(activations: Iterable[Activation], durable_methods: Iterable[str]) -> Reaching:
    """Return what the activations of a workflow reach."""
    found = Reaching(methods=set(durable_methods))
    everything = list(activations)
    callers: dict[Activation, list[Activation]] = {}
    for activation in everything:
        for targets in activation.calls.values():
            for target in targets:
                if isinstance(target, Enter):
                    callers.setdefault(target.activation, []).append(activation)
    known = -1
    while known < len(found.active):
        known = len(found.active)
        found.active = _with_callers(
            [each for each in everything if each in found.active or _is_active(found, each)],
            callers,
        )
        functions = [each.function for each in found.active]
        found.methods.update(each.name for each in functions if each and each.owner)
    found.raising = _with_callers(filter(_raises, everything), callers)
    found.changing = _with_callers(filter(_changes, everything), callers)
    found.nodes.clear()
    return found


def _with_callers(
    chosen: Iterable[Activation], callers: Mapping[Activation, list[Activation]]
) -> set[Activation]:
    """Activations and everything that calls them, directly or not."""
    found: set[Activation] = set()
    pending = list(chosen)
    while pending:
        activation = pending.pop()
        if activation not in found:
            found.add(activation)
            pending.extend(callers.get(activation, ()))
    return found


def _is_active(found: Reaching, activation: Activation) -> bool:
    return any(
        found.target(node, target)
        for node, targets in activation.calls.items()
        for target in targets
        if not isinstance(target, Enter)
    )


def own_nodes(activation: Activation) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions in it."""
    pending: list[ast.AST] = [] if activation.function is None else [activation.function.node]
    is_first = True
    while pending:
        node = pending.pop()
        yield node
        if is_first or not isinstance(node, _SCOPES):
            pending.extend(ast.iter_child_nodes(node))
        is_first = False


def _raises(activation: Activation) -> bool:
    return any(isinstance(node, ast.Raise | ast.Assert) for node in own_nodes(activation))


def _changes(activation: Activation) -> bool:
    """Whether a function changes something that it may not have made itself."""
    if activation.function is None:
        return False
    owned = owned_names(activation.function.node, frozenset())
    return any(_is_change(node, owned) for node in own_nodes(activation))


def _is_change(node: ast.AST, owned: frozenset[str]) -> bool:
    match node:
        case ast.Global() | ast.Nonlocal():
            return True
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            return True
        case ast.Subscript(value=holder, ctx=ast.Store() | ast.Del()):
            return not _is_owned(holder, owned)
        case ast.Call(func=ast.Attribute(value=holder, attr=name)):
            return name not in UNCHANGING and not _is_owned(holder, owned)
        case ast.AugAssign(target=ast.Name(id=name)):
            return name not in owned
    return False


def _is_owned(node: ast.expr, owned: frozenset[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in owned
