"""Making objects: what calling a class of the project does.

In: a class and arguments. Out: an instance that remembers where it was made, with its attributes
filled from `__init__`, from dataclass and pydantic fields, and from default factories. Never does:
report; a default factory's effect is recorded at the place that makes the object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter import attributes
from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.hooks import default_method, method_default, run_hooks
from dbos_build.interpreter.machine import Activation, Arguments, Enter, Frame, Machine, Use
from dbos_build.interpreter.outside import use
from dbos_build.interpreter.values import ClassRef, InstanceRef, Taint, Value, of
from dbos_build.names.symbols import Assigned, Class

_FACTORIES = ("default_factory", "factory")


def construct(
    machine: Machine, node: ast.AST, ref: ClassRef, arguments: Arguments, frame: Frame
) -> Value:
    """Make an object of a class."""
    owner = ref.owner
    order = machine.mro(owner)
    made = InstanceRef(owner, id(node))
    value = of(made)
    if frame.activation.function is None:
        machine.shared_sites.add(id(node))
    if attributes.is_enumeration(order):
        return of(InstanceRef(owner)).tainted(arguments.taints)
    if ref.closure is not None and isinstance(ref.closure, Activation):
        if machine.rerun is not None:
            machine.rerun.note("closure", owner, ref.closure)
        if machine.tape is not None:
            machine.tape.is_spoiled = True
        machine.closures.setdefault(owner, ref.closure)
    initializer, _ = attributes.find(order, "__init__")
    if isinstance(initializer, Class):
        method = attributes.member(machine, node, made, order, "__init__", frame)
        machine.call(node, method, arguments, frame)
        return value.tainted(_external_bases(machine, node, order, arguments, frame))
    _fill_fields(machine, node, made, order, arguments, frame)
    value = value.tainted(_external_bases(machine, node, order, arguments, frame))
    run_hooks(machine, node, made, order, frame)
    return value


def _external_bases(
    machine: Machine,
    node: ast.AST,
    order: tuple[Class | str, ...],
    arguments: Arguments,
    frame: Frame,
) -> frozenset[Taint]:
    """What the constructor of an ancestor outside the project does: settings read variables.

    Gives the places that the object's fields come from.
    """
    taints: set[Taint] = set()
    for base in order:
        entry = machine.knowledge.exact.get(base) if isinstance(base, str) else None
        if entry is not None and entry.effects:
            used, _ = use(machine.knowledge, entry.name, node, arguments, frame)
            frame.activation.record(node, used)
            if used.taint is not None:
                taints.add(used.taint)
    return frozenset(taints)


def _fill_fields(
    machine: Machine,
    node: ast.AST,
    made: InstanceRef,
    order: tuple[Class | str, ...],
    arguments: Arguments,
    frame: Frame,
) -> None:
    """Give the fields of a dataclass or model their arguments, or run their default factories."""
    positional = list(arguments.positional)
    for owner, name, binding in fields(order):
        passed = arguments.keywords.get(name)
        if passed is None and positional:
            passed = positional.pop(0)
        if passed is None and arguments.double_star is None and arguments.star is None:
            asked = default_method(owner, name)
            if asked is not None:
                passed = method_default(machine, node, made, asked, frame)
            else:
                passed = _default(machine, node, owner, name, binding, frame)
        if passed is None:
            continue
        if passed.is_unknown:
            declared = annotated(machine, binding.annotation, _class_frame(machine, owner))
            passed = declared.tainted(passed.taints) if declared.atoms else passed
        machine.attribute_cell(made.owner, made.site, name).grow(passed)
        machine.attribute_cell(made.owner, None, name).grow(passed)


def fields(order: tuple[Class | str, ...]) -> Iterator[tuple[Class, str, Assigned]]:
    """The annotated names of a class and its ancestors, ancestors first, each name once."""
    fields: dict[str, tuple[Class, str, Assigned]] = {}
    for owner in reversed(order):
        if isinstance(owner, Class):
            for name, bound in owner.bindings.items():
                for binding in bound:
                    if isinstance(binding, Assigned) and binding.annotation is not None:
                        fields[name] = (owner, name, binding)
    yield from fields.values()


def _class_frame(machine: Machine, owner: Class) -> Frame:
    """Where the expressions of a class body are evaluated."""
    closure = machine.closure_of(owner)
    activation = closure if closure is not None else machine.module_activation(owner.module)
    return Frame(activation, {}, owner)


def _default(
    machine: Machine, node: ast.AST, owner: Class, name: str, binding: Assigned, frame: Frame
) -> Value | None:
    """The value of a field that is not given: its default, or what its factory returns."""
    factory = default_factory(binding.value) or _annotated_factory(binding.annotation)
    if factory is None:
        return _plain_default(machine, node, owner, name, binding, frame)
    callee = machine.evaluate_elsewhere(factory, _class_frame(machine, owner))
    scratch = Activation(frame.activation.returns.engine, owner.module, None, None, None)
    value = machine.call(node, callee, Arguments(), Frame(scratch, {}))
    through = f"default factory of {owner.name}.{name}"
    for target in scratch.calls.get(node, ()):
        if isinstance(target, Enter):
            frame.activation.record(node, Enter(target.activation, through))
        elif isinstance(target, Use):
            frame.activation.record(node, Use(target.name, target.effects, target.taint, through))
        else:
            frame.activation.record(node, target)
    return value


def _plain_default(
    machine: Machine, node: ast.AST, owner: Class, name: str, binding: Assigned, frame: Frame
) -> Value | None:
    """A default computed when the class is made; a clock in it is read once per process."""
    if binding.value is None:
        return None
    scratch = Activation(frame.activation.returns.engine, owner.module, None, None, None)
    value = machine.evaluate(binding.value, Frame(scratch, {}, owner))
    through = f"default of {owner.name}.{name}"
    for targets in scratch.calls.values():
        for target in targets:
            if isinstance(target, Use) and target.effects[:1] in _CLOCKS:
                used = Use(target.name, target.effects, target.taint, through)
                frame.activation.record(node, used)
    return value


_CLOCKS = (("clock",), ("monotonic",))


def default_factory(value: ast.expr | None) -> ast.expr | None:
    """The factory in `field(default_factory=f)`, or in `attr.ib(factory=f)`."""
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg in _FACTORIES:
                return keyword.value
    return None


def _annotated_factory(annotation: ast.expr | None) -> ast.expr | None:
    """The factory in `Annotated[T, Field(default_factory=f)]`."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        for part in annotation.slice.elts[1:]:
            factory = default_factory(part)
            if factory is not None:
                return factory
    return None
