"""Attribute access: what `value.name` may be.

In: a value and a name. Out: the attribute's value, through modules, classes and their ancestors,
instance attributes, properties and bound methods; for anything outside the project, a qualified
name. Never does: guess: what cannot be found is unknown.
"""

from __future__ import annotations

import ast
import builtins

from dbos_build.interpreter.descriptors import got, maker_of
from dbos_build.interpreter.machine import Activation, Arguments, Enter, Frame, Machine
from dbos_build.interpreter.names import has_no_body
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.plain_attributes import (
    FUNCTION_NAMES,
    NO_ATTRIBUTE,
    plain_attribute,
)
from dbos_build.interpreter.values import (
    NO_ATOMS,
    NOTHING,
    Atom,
    BoundMethod,
    ClassRef,
    Constant,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    ModuleRef,
    PartialCall,
    SuperRef,
    Value,
    instance,
    of,
    unknown,
)
from dbos_build.names.symbols import Assigned, Binding, Class, Defined, Function, Imported

MEMBERS_MAX = 5


def read(machine: Machine, node: ast.AST, value: Value, name: str, frame: Frame) -> Value:
    """The attribute `name` of a value; property calls are recorded at `node`."""
    result = Value(NO_ATOMS, value.taints)
    is_wrapped = any(isinstance(atom, ExternalInstance) for atom in value.atoms)
    for atom in value.atoms:
        if len(value.atoms) > 1 and isinstance(atom, Constant) and atom.value is None:
            # None has no attributes; code that asks for one has made sure that it is not None.
            continue
        if is_wrapped and isinstance(atom, FunctionRef) and name not in FUNCTION_NAMES:
            # The function inside a task of a library; the task has the attributes.
            continue
        result = result.join(_atom(machine, node, atom, name, frame))
    if not result.atoms:
        result = result.join(NO_ATTRIBUTE)
    return result


def _atom(machine: Machine, node: ast.AST, atom: Atom, name: str, frame: Frame) -> Value:
    match atom:
        case External():
            return _external(machine, atom, name)
        case ExternalInstance():
            return _external_member(machine, atom, name)
        case InstanceRef() if name == "__class__":
            return of(ClassRef(atom.owner))
        case InstanceRef():
            return member(machine, node, atom, machine.mro(atom.owner), name, frame)
        case ModuleRef():
            return _module(machine, atom, name, frame)
        case ClassRef():
            return _class(machine, node, atom, machine.mro(atom.owner), name, frame)
        case SuperRef():
            return _super(machine, node, atom, name, frame)
    return plain_attribute(atom, name)


def _external(machine: Machine, atom: External, name: str) -> Value:
    """A member of an external module, class or object, under its canonical name."""
    full = machine.knowledge.canonical(f"{atom.name}.{name}")
    return _typed_member(machine, full, atom.bound, atom.holds)


def _external_member(machine: Machine, atom: ExternalInstance, name: str) -> Value:
    """A member read from an object of an external class."""
    if atom.type == "dbos.DBOS":
        return of(External(machine.knowledge.canonical(f"dbos.DBOS.{name}")))
    full = machine.knowledge.canonical(f"{atom.type}.{name}")
    return _typed_member(machine, full, True, atom.holds)


def _typed_member(machine: Machine, full: str, bound: bool, holds: Value | None = None) -> Value:
    """A member that is listed as an attribute with a type is an object of that type.

    Members of objects that are known to be harmless are all the same; telling `node.body.value`
    from `node.value.body` would only make fixed points late.
    """
    entry = machine.knowledge.exact.get(full)
    if entry is not None:
        if entry.returns.startswith(":"):
            return of(ExternalInstance(entry.returns[1:].removesuffix("<held>"), holds))
        return of(External(full, bound, holds))
    if not bound:
        return of(External(full))
    if full.startswith("builtins."):
        _, kind, name = full.split(".", 2)
        holder = getattr(builtins, kind, None)
        return of(External(full, bound)) if hasattr(holder, name) else NOTHING
    entry = machine.knowledge.find(full)
    if entry is not None and not entry.effects:
        return of(External(entry.name, True, holds))
    if entry is None and full.count(".") > MEMBERS_MAX:
        return of(External(".".join(full.split(".")[:MEMBERS_MAX]) + ".*", bound=True))
    return of(External(full, bound))


def _module(machine: Machine, atom: ModuleRef, name: str, frame: Frame) -> Value:
    """A name of a project module, else its submodule."""
    if atom.path:
        module = machine.symbols.scopes[atom.path].module
        found = machine.module_value(module, name, frame.activation)
        if found is not None:
            return found
    importer = frame.activation.module
    inner = f"{atom.name}.{name}"
    submodule = machine.symbols.find(inner, importer)
    if submodule is not None and submodule.tree is not None:
        return of(ModuleRef(submodule.path, submodule.name))
    if machine.symbols.is_namespace(inner):
        return of(ModuleRef("", inner))
    return unknown(f"{inner} is not in the project")


def _class(
    machine: Machine,
    node: ast.AST,
    atom: ClassRef,
    order: tuple[Class | str, ...],
    name: str,
    frame: Frame,
) -> Value:
    """An attribute read from a class."""
    owner, bound = find(order, name)
    written = machine.attribute_cell(atom.owner, -1, name).read(frame.activation)
    if isinstance(owner, str):
        return written.join(of(External(machine.knowledge.canonical(f"{owner}.{name}"))))
    if owner is None:
        if written.atoms:
            return written
        if name in {"__name__", "__qualname__"}:
            return instance("builtins.str")
        made = _of_maker(machine, node, atom, order, name, frame)
        if made.atoms:
            return made
        outside = next((a for a in order if isinstance(a, str) and a not in _BARE), None)
        held = of(InstanceRef(atom.owner))
        return _external(machine, External(outside, False, held), name) if outside else NO_ATTRIBUTE
    result = written
    for binding in bound:
        if isinstance(binding, Defined) and isinstance(binding.entity, Function):
            value, binds = _method(machine, binding.entity, frame)
            result = result.join(bind(value, atom) if binds == "class" else value)
        else:
            value = binding_in_class(machine, owner, binding, name, frame)
            result = result.join(got(machine, node, value, atom, frame))
    members = _enumeration_members(machine, atom, order, bound)
    return members if members is not None else result


def _of_maker(
    machine: Machine,
    node: ast.AST,
    atom: ClassRef,
    order: tuple[Class | str, ...],
    name: str,
    frame: Frame,
) -> Value:
    """What a metaclass gives its classes: its methods, bound to the class, and its properties."""
    maker = maker_of(machine, order)
    owner, bound = find(machine.mro(maker), name) if maker is not None else (None, ())
    result = NOTHING
    for binding in bound:
        if isinstance(binding, Defined) and isinstance(binding.entity, Function):
            value, binds = _method(machine, binding.entity, frame)
            value = bind(value, atom) if binds in {"method", "property"} else value
            called = binds == "property"
            value = machine.call(node, value, Arguments(), frame) if called else value
            result = result.join(value)
        elif isinstance(owner, Class):
            result = result.join(binding_in_class(machine, owner, binding, name, frame))
    return result


def _enumeration_members(
    machine: Machine, atom: ClassRef, order: tuple[Class | str, ...], bound: tuple[Binding, ...]
) -> Value | None:
    """`Color.RED` of an enumeration is a member of it, not the literal behind it."""
    if is_enumeration(order) and any(isinstance(binding, Assigned) for binding in bound):
        return of(InstanceRef(atom.owner))
    return None


def is_enumeration(order: tuple[Class | str, ...]) -> bool:
    """Whether a class with these ancestors lists its objects."""
    return any(isinstance(base, str) and base.startswith("enum.") for base in order)


def member(
    machine: Machine,
    node: ast.AST,
    receiver: InstanceRef,
    order: tuple[Class | str, ...],
    name: str,
    frame: Frame,
) -> Value:
    """An attribute read from an instance: stored attributes first, then its classes."""
    owner, bound = find(order, name)
    is_method = any(
        isinstance(binding, Defined) and isinstance(binding.entity, Function) for binding in bound
    )
    if not is_method:
        stored = _stored(machine, receiver, order, name, frame.activation)
        if stored.atoms:
            declared = _declared(machine, owner, bound, name, frame)
            declared = got(machine, node, declared, receiver, frame)
            return stored.join(declared) if stored.is_unknown or not declared.is_unknown else stored
    if owner is None:
        return _fallback(machine, node, receiver, order, name, frame)
    if isinstance(owner, str):
        return of(External(machine.knowledge.canonical(f"{owner}.{name}"), bound=True))
    result = NOTHING
    for binding in bound:
        result = result.join(
            _instance_binding(machine, node, receiver, owner, binding, name, frame)
        )
    if is_method and receiver.site is None:
        others = _overrides(machine, node, receiver, bound, name, frame)
        if not others.atoms and _is_protocol(machine, receiver, owner) and _abstract(bound):
            # The body of a protocol's method is never what runs; somebody outside has it.
            return unknown(f"implementation of {owner.name}.{name}")
        result = result.join(others)
    return result


def _is_protocol(machine: Machine, receiver: InstanceRef, owner: Class) -> bool:
    """Whether a class only says which methods others have."""
    return owner is receiver.owner and "typing.Protocol" in machine.mro(owner)


def _abstract(bound: tuple[Binding, ...]) -> bool:
    """Whether a method does nothing but say that somebody else will do it."""
    return any(
        isinstance(binding, Defined)
        and isinstance(binding.entity, Function)
        and is_abstract(binding.entity)
        for binding in bound
    )


def _declared(
    machine: Machine,
    owner: Class | str | None,
    bound: tuple[Binding, ...],
    name: str,
    frame: Frame,
) -> Value:
    """What the class body says of an attribute that instances also store."""
    result = NOTHING
    if isinstance(owner, Class):
        for binding in bound:
            result = result.join(binding_in_class(machine, owner, binding, name, frame))
    return result


def _stored(
    machine: Machine,
    receiver: InstanceRef,
    order: tuple[Class | str, ...],
    name: str,
    reader: Activation,
) -> Value:
    """What the project's code stores in an instance attribute."""
    cell = machine.attribute_cell(receiver.owner, receiver.site, name)
    value = cell.read(reader)
    if not value.atoms:
        machine.inferred_attribute(receiver, name)
        value = cell.read(reader)
    if not value.atoms and receiver.site is not None:
        value = machine.attribute_cell(receiver.owner, None, name).read(reader)
    for ancestor in order[1:]:
        if not value.atoms and isinstance(ancestor, Class):
            value = machine.attribute_cell(ancestor, None, name).read(reader)
    return value


def _fallback(
    machine: Machine,
    node: ast.AST,
    receiver: InstanceRef,
    order: tuple[Class | str, ...],
    name: str,
    frame: Frame,
) -> Value:
    """An attribute nothing declares: an external ancestor's, or what `__getattr__` returns."""
    for ancestor in order:
        if isinstance(ancestor, str) and ancestor not in _BARE:
            return of(External(machine.knowledge.canonical(f"{ancestor}.{name}"), bound=True))
    if name != "__getattr__":
        owner, bound = find(order, "__getattr__")
        if isinstance(owner, Class) and bound:
            hook = member(machine, node, receiver, order, "__getattr__", frame)
            text = instance("builtins.str")
            return machine.call(node, hook, Arguments([text]), frame)
    overrides = [
        member(machine, node, InstanceRef(below), machine.mro(below), name, frame)
        for below in machine.subclasses(receiver.owner)
        if find(machine.mro(below), name)[0] is not None
    ]
    result = NOTHING
    for value in overrides:
        result = result.join(value)
    return result if result.atoms else NO_ATTRIBUTE


_BARE = frozenset(
    {"builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic", "typing.NamedTuple"}
)


def _instance_binding(
    machine: Machine,
    node: ast.AST,
    receiver: InstanceRef,
    owner: Class,
    binding: Binding,
    name: str,
    frame: Frame,
) -> Value:
    """One class-level binding seen through an instance: methods bind, properties run."""
    if isinstance(binding, Defined) and isinstance(binding.entity, Function):
        value, binds = _method(machine, binding.entity, frame)
        if binds == "property":
            return machine.call(node, bind(value, receiver), Arguments(), frame)
        if binds == "class":
            return bind(value, ClassRef(receiver.owner))
        value = got(machine, node, value, receiver, frame)
        return value if binds == "static" else bind(value, receiver)
    value = binding_in_class(machine, owner, binding, name, frame)
    value = got(machine, node, value, receiver, frame)
    atoms = ordered(
        _assigned(atom, receiver) if not isinstance(binding, Imported) else atom
        for atom in value.atoms
    )
    return Value(atoms, value.taints)


def _assigned(atom: Atom, receiver: InstanceRef) -> Atom:
    """What a class body assigned, seen through an object: functions and `partialmethod` bind."""
    if isinstance(atom, FunctionRef):
        return BoundMethod(atom, receiver)
    if isinstance(atom, PartialCall) and atom.is_method:
        return PartialCall(bind(atom.target, receiver), atom.positional, atom.keywords)
    return atom


def _overrides(
    machine: Machine,
    node: ast.AST,
    receiver: InstanceRef,
    bound: tuple[Binding, ...],
    name: str,
    frame: Frame,
) -> Value:
    """For a method of a value known only by its base class: what its subclasses make of it."""
    result = NOTHING
    for below in machine.subclasses(receiver.owner):
        for binding in below.bindings.get(name, ()):
            below_instance = InstanceRef(below)
            result = result.join(
                _instance_binding(machine, node, below_instance, below, binding, name, frame)
            )
    return result


def is_abstract(function: Function) -> bool:
    """Whether a function's body does nothing but say that somebody else will do it."""
    return has_no_body(function.node)


def _super(machine: Machine, node: ast.AST, atom: SuperRef, name: str, frame: Frame) -> Value:
    """An attribute read through `super()`."""
    receiver = atom.receiver
    order = machine.mro(receiver.owner)
    if atom.after in order:
        order = order[order.index(atom.after) + 1 :]
    if isinstance(receiver, ClassRef):
        return _class(machine, node, receiver, order, name, frame)
    owner, bound = find(order, name)
    if isinstance(owner, Class):
        result = NOTHING
        for binding in bound:
            result = result.join(
                _instance_binding(machine, node, receiver, owner, binding, name, frame)
            )
        return result
    for ancestor in order:
        if isinstance(ancestor, str) and ancestor not in _BARE:
            return of(External(machine.knowledge.canonical(f"{ancestor}.{name}"), bound=True))
    return of(External(f"builtins.object.{name}", bound=True))


def find(
    order: tuple[Class | str, ...], name: str
) -> tuple[Class | str | None, tuple[Binding, ...]]:
    """The first class of a lookup order that binds a name."""
    for ancestor in order:
        if isinstance(ancestor, Class):
            bound = ancestor.bindings.get(name)
            if bound and not all(_is_bare_annotation(binding) for binding in bound):
                return ancestor, bound
    for ancestor in order:
        if isinstance(ancestor, Class):
            bound = ancestor.bindings.get(name)
            if bound:
                return ancestor, bound
    return None, ()


def _is_bare_annotation(binding: Binding) -> bool:
    """`name: Type` without a value."""
    return isinstance(binding, Assigned) and binding.value is None


def _method(machine: Machine, function: Function, frame: Frame) -> tuple[Value, str]:
    """A method after its decorators, and how it binds."""
    owner = function.owner
    closure = machine.closure_of(owner) if owner is not None else None
    found = machine.decorated(function, closure)
    return found.value, found.binds


def bind(value: Value, receiver: Atom) -> Value:
    """A function value bound to an object or class."""
    atoms: list[Atom] = []
    for atom in value.atoms:
        if isinstance(atom, FunctionRef):
            atoms.append(BoundMethod(atom, receiver))
        elif isinstance(atom, Durable):
            atoms.append(Durable(atom.kind, atom.target, receiver))
        else:
            atoms.append(atom)
    return Value(ordered(atoms), value.taints)


def binding_in_class(
    machine: Machine, owner: Class, binding: Binding, name: str, frame: Frame
) -> Value:
    """What a class body gives a name, evaluated where the class stands."""
    activation = machine.module_activation(owner.module)
    closure = machine.closure_of(owner)
    if closure is not None:
        activation = closure
    return machine.binding_value(binding, Frame(activation, {}, owner), name)


def entered(activation: Activation, node: ast.AST) -> list[Activation]:
    """The activations that evaluating a node runs."""
    return [t.activation for t in activation.calls.get(node, ()) if isinstance(t, Enter)]
