"""References: what the code of a function, class or module variable depends on.

In: an entity and the engine. Out: the project's functions, classes and variables it refers to, the
names outside the project, the durable operations, and whether something could not be resolved.
Never does: leave something out quietly: a method call on an unknown object refers to every method
of that name, a computed call makes the whole result unresolved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbos_build.interpreter.annotations import resolve
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Activation, Boundary, Enter, Frame, Opaque, Use
from dbos_build.interpreter.names import local_names
from dbos_build.interpreter.values import (
    Atom,
    BoundMethod,
    ClassRef,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Marker,
    ModuleRef,
    PartialCall,
    Value,
)
from dbos_build.names.symbols import Assigned, Class, Defined, Function, Imported, class_members
from dbos_build.reading.module import Module

_ALIAS_DEPTH_MAX = 20


@dataclass(frozen=True, slots=True)
class Constant:
    """A module variable that is assigned: its right-hand sides are `nodes`."""

    module: Module
    name: str
    nodes: tuple[ast.AST, ...] = field(compare=False)

    @property
    def qualname(self) -> str:
        """The variable's name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Operation:
    """A durable operation: kind (step, transaction, workflow, api), its API name, its function."""

    kind: str
    name: str
    function: Function | None


@dataclass(frozen=True, slots=True)
class References:
    """What an entity depends on. Every sequence is sorted and free of duplicates.

    `unresolved` is True when some call or computed name could lead anywhere.
    """

    first_party: tuple[Function | Class | Constant, ...]
    externals: tuple[str, ...]
    unresolved: bool
    boundaries: tuple[Operation, ...]


def find(engine: Engine, entity: Function | Class | Constant) -> References:
    """What an entity refers to."""
    finder = _Finder(engine, entity)
    if isinstance(entity, Function):
        finder.function(entity)
    elif isinstance(entity, Class):
        finder.class_body(entity)
    else:
        activation = engine.module_activation(entity.module)
        for node in entity.nodes:
            finder.tree(node, [activation], Frame(activation, {}))
    return finder.result()


def constant_of(engine: Engine, module: Module, name: str) -> Constant | None:
    """The variable that a module's name stands for, through imports; None when it is none."""
    for _ in range(_ALIAS_DEPTH_MAX):
        scope = engine.symbols.scopes.get(module.path)
        bound = scope.bindings.get(name, ()) if scope is not None else ()
        if not bound and scope is not None:
            for base in scope.stars:
                target = engine.symbols.find(base, module)
                if target is not None:
                    found = constant_of(engine, target, name)
                    if found is not None:
                        return found
            return None
        assigned = [binding for binding in bound if isinstance(binding, Assigned)]
        if assigned:
            return Constant(module, name, tuple(dict.fromkeys(b.node for b in assigned)))
        imported = [binding for binding in bound if isinstance(binding, Imported)]
        if not imported or imported[0].attribute is None:
            return None
        target = engine.symbols.find(imported[0].module, module)
        if target is None:
            return None
        module, name = target, imported[0].attribute
    return None


class _Finder:
    """Collects the references of one entity."""

    def __init__(self, engine: Engine, entity: Function | Class | Constant) -> None:
        self.engine = engine
        self.entity = entity
        self.entities: dict[Function | Class | Constant, None] = {}
        self.externals: set[str] = set()
        self.operations: dict[Operation, None] = {}
        self.unresolved = False
        self.own: set[Function] = set()

    def result(self) -> References:
        """The collected references, sorted."""
        self.entities.pop(self.entity, None)
        kept = [entity for entity in self.entities if entity not in self.own]
        return References(
            first_party=tuple(sorted(kept, key=_order)),
            externals=tuple(sorted(self.externals)),
            unresolved=self.unresolved,
            boundaries=tuple(sorted(self.operations, key=_operation_order)),
        )

    def function(self, function: Function) -> None:
        """References of a function's whole text: body, defaults, decorators, nested functions."""
        activations = self._activations(function)
        outer = self.engine.module_activation(function.module)
        frame = Frame(activations[0] if activations else outer, {}, function.owner)
        self.tree(function.node, [*activations, outer], frame)

    def class_body(self, owner: Class) -> None:
        """References of a class: ancestors, class-level expressions, and its methods."""
        activation = self.engine.closures.get(owner) or self.engine.module_activation(owner.module)
        frame = Frame(activation, {}, owner)
        for part in (*owner.node.bases, *owner.node.decorator_list, *owner.node.keywords):
            self.tree(part, [activation], frame)
        for member in class_members(owner):
            self.entities[member] = None
        for statement in owner.node.body:
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.tree(statement, [activation], frame)

    def _activations(self, function: Function) -> list[Activation]:
        """The runs of a function and of the functions nested in it; at least one is made."""
        if function not in self.engine.activations and function.parent is None:
            self.engine.root(function)
            self.engine.settle()
        found = list(self.engine.activations.get(function, ()))
        inner = {part for part in ast.walk(function.node) if isinstance(part, _NESTED)}
        inner.discard(function.node)
        for other, runs in self.engine.activations.items():
            if other.node in inner:
                self.own.add(other)
                found.extend(runs)
        return found

    def tree(self, root: ast.AST, activations: list[Activation], frame: Frame) -> None:
        """References of every node below a root."""
        hidden = self._hidden(frame.activation.function)
        for node in ast.walk(root):
            for activation in activations:
                for target in activation.calls.get(node, ()):
                    self._target(node, target)
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                self._name(node, activations, frame, hidden)

    def _hidden(self, function: Function | None) -> frozenset[str]:
        """The local names of a function."""
        return local_names(self.engine, function).local if function is not None else frozenset()

    def _target(self, node: ast.AST, target: object) -> None:
        """What evaluating a node does."""
        match target:
            case Enter():
                if target.activation.function is not None:
                    self._entity(target.activation.function)
            case Boundary():
                self.operations[Operation(target.kind, target.name, target.function)] = None
            case Use():
                self.externals.add(target.name)
            case Opaque():
                self._opaque(node)

    def _opaque(self, node: ast.AST) -> None:
        """A call that cannot be resolved: methods by name, anything else leaves all open."""
        function = node.func if isinstance(node, ast.Call) else None
        if isinstance(function, ast.Attribute):
            for method in self._methods().get(function.attr, ()):
                self._entity(method)
        else:
            self.unresolved = True

    def _methods(self) -> dict[str, list[Function]]:
        """Every method of the project by name."""
        known = self.engine.methods
        if known is None:
            known = {}
            for scope in self.engine.symbols.scopes.values():
                for method in _methods_of(scope.classes):
                    known.setdefault(method.name, []).append(method)
            self.engine.methods = known
        return known

    def _name(
        self,
        node: ast.Name | ast.Attribute,
        activations: list[Activation],
        frame: Frame,
        hidden: frozenset[str],
    ) -> None:
        """What a name or attribute stands for."""
        if isinstance(node, ast.Name) and node.id not in hidden:
            constant = constant_of(self.engine, frame.activation.module, node.id)
            if constant is not None:
                self._entity(constant)
        values = [a.values[node] for a in activations if node in a.values]
        if not values:
            if isinstance(node, ast.Name) and node.id in hidden:
                return
            values = [resolve(self.engine, node, frame)]
        for value in values:
            for atom in value.atoms:
                self._atom(atom)
        if isinstance(node, ast.Attribute):
            self._module_attribute(node, activations)

    def _module_attribute(self, node: ast.Attribute, activations: list[Activation]) -> None:
        """`config.LIMIT` refers to the variable of the other module."""
        for activation in activations:
            holder = activation.values.get(node.value, Value())
            for atom in holder.atoms:
                if isinstance(atom, ModuleRef) and atom.path:
                    module = self.engine.symbols.scopes[atom.path].module
                    constant = constant_of(self.engine, module, node.attr)
                    if constant is not None:
                        self._entity(constant)

    def _atom(self, atom: Atom) -> None:
        """One thing a name may be."""
        match atom:
            case FunctionRef():
                self._entity(atom.function)
            case BoundMethod():
                self._entity(atom.function.function)
            case ClassRef() | InstanceRef():
                self._entity(atom.owner)
            case Durable():
                function = atom.target.function
                self.operations[Operation(atom.kind, function.qualname, function)] = None
            case External():
                self.externals.add(atom.name)
            case PartialCall():
                for inner in atom.target.atoms:
                    self._atom(inner)
            case Marker() | ExternalInstance():
                pass

    def _entity(self, entity: Function | Class | Constant) -> None:
        """Add an entity; durable functions are boundaries, not parts of the closure."""
        if isinstance(entity, Function):
            for kind in ("workflow", "step", "transaction"):
                if (kind, entity) in self.engine.declared and entity is not self.entity:
                    self.operations[Operation(kind, entity.qualname, entity)] = None
                    return
        self.entities[entity] = None


_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _methods_of(classes: Iterable[Class]) -> Iterator[Function]:
    """All methods of classes and their nested classes."""
    for owner in classes:
        for member in class_members(owner):
            if isinstance(member, Function):
                yield member
            else:
                yield from _methods_of([member])


def _order(entity: Function | Class | Constant) -> tuple[str, str, int, str]:
    line = 0 if isinstance(entity, Constant) else getattr(entity.node, "lineno", 0)
    return (entity.module.path, entity.qualname, line, type(entity).__name__)


def _operation_order(operation: Operation) -> tuple[str, str, str]:
    path = operation.function.module.path if operation.function is not None else ""
    return (operation.kind, operation.name, path)


__all__ = ["Constant", "Defined", "Operation", "References", "constant_of", "find"]
