"""Module-level values: what imports and top-level names stand for, evaluated when first asked for.

In: symbols. Out: values of module variables, imports, class ancestors. Never does: execute a module
from top to bottom; only the statements that bind or fill the wanted name are evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from dbos_build.interpreter import statements as running
from dbos_build.interpreter.annotations import annotated, completed
from dbos_build.interpreter.cells import Cell
from dbos_build.interpreter.iterating import entered_value, iterate
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.machine import Activation, Frame, Machine
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.settling import settled
from dbos_build.interpreter.targets import bind_target, root_name
from dbos_build.interpreter.values import (
    NOTHING,
    ClassRef,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    ModuleRef,
    Value,
    instance,
    join_all,
    of,
    unknown,
)
from dbos_build.names.arms import in_same_arm
from dbos_build.names.registering import Registration, Registrations, registrations
from dbos_build.names.symbols import (
    Assigned,
    Binding,
    Class,
    Function,
    Imported,
    Symbols,
    all_classes,
    statements,
)
from dbos_build.reading.module import Module

_MODULE_TEXT = frozenset({"__name__", "__file__", "__doc__", "__package__"})


class Loader(Machine):
    """The half of the engine that knows modules and classes."""

    def __init__(self, symbols: Symbols, knowledge: Knowledge) -> None:
        self.symbols = symbols
        self.knowledge = knowledge
        self.places = {}
        self.made = {}
        self.known_since = {}
        self._cells: dict[tuple[str, str], Cell] = {}
        self._loaded: set[tuple[str, str]] = set()
        self._modules: dict[str, Activation] = {}
        self._fillers: dict[str, dict[str, list[ast.stmt]]] = {}
        self.attributes: dict[tuple[Class, int | None], dict[str, Cell]] = {}
        self._orders: dict[Class, tuple[Class | str, ...]] = {}
        self._below: dict[Class, list[Class]] | None = None
        self._registrations: Registrations | None = None
        self.handed: dict[Function, list[Registration]] = {}

    def module_activation(self, module: Module) -> Activation:
        """The record of what module-level code does."""
        known = self._modules.get(module.path)
        if known is None:
            known = self._modules[module.path] = Activation(self, module, None, None, None)
        return known

    def module_cell(self, module: Module, name: str) -> Cell:
        """The cell of a module variable."""
        key = (module.path, name)
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = Cell(self)
        return cell

    def module_values(self) -> Iterator[Value]:
        """What the module variables hold that were looked at."""
        for cell in self._cells.values():
            yield cell.value

    def module_value(self, module: Module, name: str, reader: Activation | None) -> Value | None:
        """What a top-level name may be; None when the module has no such name."""
        scope = self.symbols.scopes.get(module.path)
        if scope is None:
            return None
        key = (module.path, name)
        if name in scope.bindings:
            if self.rerun is not None:
                foreign = self._foreign(module, name)
                if foreign is not None:
                    return foreign
                self.rerun.once("name", key)
            elif key not in self._loaded:
                self._loaded.add(key)
                self._load(module, name)
                self.found_out("name", key)
        elif key not in self._cells:
            return self._starred(module, name, reader)
        value = self.module_cell(module, name).read(reader)
        if not value.atoms and not value.taints:
            return unknown("not known yet")
        return _without_originals(value, self.wrapped)

    def _foreign(self, module: Module, name: str) -> Value | None:
        """What a name stands for that is only imported from elsewhere: the same at any time."""
        bound = self.symbols.scopes[module.path].bindings[name]
        cell = self._cells.get((module.path, name))
        if (cell is not None and len(cell.history) > 1) or name in self._filled(module):
            return None
        value = NOTHING
        for binding in bound:
            if not isinstance(binding, Imported) or not binding.module:
                return None
            if self.symbols.find(binding.module, module) is not None:
                return None
            found = self.imported(binding.module, binding.attribute, module, None)
            if not all(isinstance(atom, External | ExternalInstance) for atom in found.atoms):
                return None
            value = settled(value.join(found))
        return value

    def _filled(self, module: Module) -> dict[str, list[ast.stmt]]:
        """The statements that fill the variables of a module, by their names."""
        fillers = self._fillers.get(module.path)
        if fillers is None:
            fillers = self._fillers[module.path] = _find_fillers(module)
        return fillers

    def _load(self, module: Module, name: str) -> None:
        """Evaluate the bindings of a name, and the statements that fill it afterwards."""
        frame = Frame(self.module_activation(module), {})
        cell = self.module_cell(module, name)
        for binding in self.symbols.scopes[module.path].bindings[name]:
            cell.grow(self.binding_value(binding, self._beside(module, binding, frame), name))
        running.execute(self, self._filled(module).get(name, []), frame)

    def _beside(self, module: Module, binding: Binding, frame: Frame) -> Frame:
        """The frame of an alias: what its arm of a condition binds itself, it means."""
        value = binding.value if isinstance(binding, Assigned) else None
        if not isinstance(value, ast.Name) or module.tree is None:
            return frame
        bound = self.symbols.scopes[module.path].bindings.get(value.id, ())
        near = in_same_arm(module.tree, value.lineno, bound) if len(bound) > 1 else []
        if not near or len(near) == len(bound) or binding in near:
            return frame
        meant = join_all(self.binding_value(each, frame, value.id) for each in near)
        return Frame(frame.activation, {value.id: meant})

    def _starred(self, module: Module, name: str, reader: Activation | None) -> Value | None:
        """A name that comes from a star import, or that every module has."""
        if name in _MODULE_TEXT:
            return instance("builtins.str")
        if name.startswith("_"):
            return None
        for base in self.symbols.scopes[module.path].stars:
            key = (module.path, f"*{base}.{name}")
            if key in self._loaded:
                continue
            self._loaded.add(key)
            try:
                found = self._from_star(base, name, module, reader)
            finally:
                self._loaded.discard(key)
            if found is not None:
                return found
        return None

    def _from_star(
        self, base: str, name: str, module: Module, reader: Activation | None
    ) -> Value | None:
        """A name of a star-imported module; of foreign modules only what the table lists."""
        target = self.symbols.find(base, module)
        if target is not None:
            return self.module_value(target, name, reader)
        full = self.knowledge.canonical(f"{base}.{name}")
        if full in self.knowledge.exact or base == "dbos":
            return of(External(full))
        return None

    def binding_value(self, binding: Binding, frame: Frame, name: str) -> Value:
        """What one binding of a module or class body gives a name."""
        if isinstance(binding, Imported):
            module = frame.activation.module if frame.owner is None else frame.owner.module
            return self.imported(binding.module, binding.attribute, module, frame.activation)
        if isinstance(binding, Assigned):
            return self._assigned(binding, frame, name)
        closure = frame.activation if frame.activation.function is not None else None
        if isinstance(binding.entity, Function):
            return self.decorated(binding.entity, closure).value
        return self.decorated_class(binding.entity, closure)

    def _assigned(self, binding: Assigned, frame: Frame, name: str) -> Value:
        """The value an assignment gives a name."""
        declared = annotated(self, binding.annotation, frame)
        if binding.value is None:
            return declared
        value = self.evaluate(binding.value, frame)
        if binding.how == "iterate":
            value = iterate(self, binding.value, value, frame)
        elif binding.how == "enter":
            value = entered_value(self, binding.value, value, "__", frame)
        elif binding.how == "opaque":
            return value
        if value.is_unknown or frame.owner is None:  # a field that is left out is its default
            value = completed(value, declared)
        if isinstance(binding.target, ast.Name):
            return value
        inner = frame.branch()
        bind_target(self, binding.target, value, inner, local_only=True)
        return inner.env.get(name, unknown("unpacked value"))

    def imported(
        self, module: str, attribute: str | None, importer: Module, reader: Activation | None
    ) -> Value:
        """What an import binds."""
        target = self.symbols.find(module, importer) if module else None
        if target is not None and target.name != module and self._is_library(module):
            # `import openai` in a package that has a file openai.py means the library.
            target = None
        if attribute is None:
            if target is not None:
                return module_reference(target)
            if self.symbols.is_namespace(module):
                return of(ModuleRef("", module))
            return of(External(self.knowledge.canonical(module)))
        if target is not None:
            found = self.module_value(target, attribute, reader)
            if found is not None and not found.is_unknown:
                return found
        full = f"{module}.{attribute}" if module else attribute
        submodule = self.symbols.find(full, importer)
        if submodule is not None:
            return module_reference(submodule)
        if target is not None:
            return unknown(f"{full} is not in the project")
        name = self.knowledge.canonical(full)
        entry = self.knowledge.exact.get(name)
        if entry is not None and entry.returns.startswith(":"):
            return of(ExternalInstance(entry.returns[1:]))
        return of(External(name))

    def _is_library(self, module: str) -> bool:
        """Whether the table knows a library by the first part of this name."""
        return module.partition(".")[0] in self.knowledge.below

    def attribute_cell(self, owner: Class, site: int | None, name: str) -> Cell:
        """The cell of an instance attribute."""
        cells = self.attributes.setdefault((owner, site), {})
        cell = cells.get(name)
        if cell is None:
            cell = cells[name] = Cell(self)
        return cell

    def mro(self, owner: Class) -> tuple[Class | str, ...]:
        """A class and its ancestors in lookup order."""
        if self.rerun is not None:
            self.rerun.once("order", owner)
        known = self._orders.get(owner)
        if known is not None:
            return known
        self._orders[owner] = (owner,)
        order: list[Class | str] = [owner]
        closure = self.closures.get(owner)
        activation = closure if closure is not None else self.module_activation(owner.module)
        frame = Frame(activation, {})
        for base in owner.node.bases:
            value = self.evaluate(base, frame)
            if isinstance(base, ast.Subscript):
                # `Handler[str]` is Handler, and a table of classes gives what it holds.
                value = value.join(self.evaluate(base.value, frame))
            for ancestor in self._ancestors(value):
                if ancestor in order:
                    order.remove(ancestor)
                order.append(ancestor)
        if owner in order[1:]:
            order = [owner, *(item for item in order if item is not owner)]
        self._orders[owner] = tuple(order)
        self.found_out("order", owner)
        return self._orders[owner]

    def _ancestors(self, base: Value) -> list[Class | str]:
        """The lookup order of one base class expression."""
        found: list[Class | str] = []
        for atom in base.atoms:
            if isinstance(atom, ClassRef):
                found.extend(self.mro(atom.owner))
            elif isinstance(atom, External):
                found.append(atom.name)
            elif isinstance(atom, ExternalInstance):
                found.append(atom.type)
        return found

    def subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The project's classes below a class; for a protocol those that have all its methods."""
        if self.rerun is not None:
            self.rerun.once("subclasses", None)
        if self._below is None:
            self._below = {}
            classes = [
                c for scope in self.symbols.scopes.values() for c in all_classes(scope.classes)
            ]
            protocols = []
            for below in classes:
                order = self.mro(below) if below.node.bases else (below,)
                for ancestor in order[1:]:
                    if isinstance(ancestor, Class):
                        self._below.setdefault(ancestor, []).append(below)
                if any(ancestor in _PROTOCOLS for ancestor in order):
                    protocols.append(below)
            for protocol in protocols:
                known = self._below.setdefault(protocol, [])
                known.extend(c for c in self._implementing(protocol, classes) if c not in known)
            self.found_out("subclasses", None)
        return tuple(self._below.get(owner, ()))

    def registrations(self) -> Registrations:
        """What the tops of the project's modules hand to others, to be called later."""
        if self.rerun is not None:
            self.rerun.once("registrations", None)
        if self._registrations is None:
            self._registrations = registrations(self.symbols)
            self.found_out("registrations", None)
        return self._registrations

    def _implementing(self, protocol: Class, classes: list[Class]) -> Iterator[Class]:
        """The classes that have every method of a protocol, whatever they inherit from."""
        wanted = {
            name
            for ancestor in self.mro(protocol)
            if isinstance(ancestor, Class)
            for name, bound in ancestor.bindings.items()
            if any(isinstance(getattr(binding, "entity", None), Function) for binding in bound)
        }
        for candidate in classes if wanted else ():
            order = self.mro(candidate)
            own = [each for each in order if isinstance(each, Class)]
            if not any(each in _PROTOCOLS for each in order) and all(
                any(name in each.bindings for each in own) for name in wanted
            ):
                yield candidate


_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


def module_reference(module: Module) -> Value:
    """A module of the project as a value; one that cannot be parsed is unknown."""
    if module.tree is None:
        return unknown(f"{module.name} cannot be parsed")
    return of(ModuleRef(module.path, module.name))


def _without_originals(value: Value, wrapped: Mapping[Function, FunctionRef]) -> Value:
    """After `f = DBOS.step()(f)` the name is the step, no longer the plain function.

    `wrapped` are functions with what a decorator of the project put around them below the step.
    """
    durable = {atom.target.function for atom in value.atoms if isinstance(atom, Durable)}
    if not durable:
        return value
    inner = {wrapped[function] for function in durable if function in wrapped}
    kept = ordered(
        atom
        for atom in value.atoms
        if not isinstance(atom, FunctionRef) or (atom.function not in durable and atom not in inner)
    )
    return Value(kept, value.taints)


def _find_fillers(module: Module) -> dict[str, list[ast.stmt]]:
    """Top-level statements that put something into a container variable, by its name."""
    fillers: dict[str, list[ast.stmt]] = {}
    assert module.tree is not None
    for statement in statements(module.tree.body):
        name: str | None = None
        match statement:
            case ast.Assign(targets=[ast.Subscript() | ast.Attribute() as target]):
                name = root_name(target)
            case ast.AugAssign(target=ast.Name(id=name)):
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=holder))):
                name = root_name(holder)
        if name is not None:
            fillers.setdefault(name, []).append(statement)
    return fillers


__all__ = ["NOTHING", "Loader", "module_reference"]
