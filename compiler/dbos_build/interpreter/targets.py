"""Assignment targets: where a value goes.

In: a target expression, a value and a frame. Out: the frame's variables, attribute cells and module
cells grown by it; writes outside the local variables are recorded as stores. Never does: evaluate
the assigned expression.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.descriptors import put
from dbos_build.interpreter.machine import Activation, Arguments, Frame, Machine, Store
from dbos_build.interpreter.names import local_names, parameters
from dbos_build.interpreter.outside import taint_at
from dbos_build.interpreter.values import (
    NO_ATOMS,
    NOTHING,
    ClassRef,
    Constant,
    External,
    InstanceRef,
    Mapping,
    ModuleRef,
    Sequence,
    Value,
    addresses,
    elements,
    is_arbitrary,
    join_all,
    mapping,
    of,
    sequence,
    unknown,
)
from dbos_build.names.symbols import statements


def bind_target(
    machine: Machine, target: ast.expr, value: Value, frame: Frame, *, local_only: bool = False
) -> None:
    """Assign a value to a target of any form."""
    match target:
        case ast.Name():
            bind_name(machine, target.id, value, frame, target, local_only=local_only)
        case ast.Tuple() | ast.List():
            if is_arbitrary(value) and len(target.elts) > 1:
                value = value.tainted(frozenset((taint_at("set_pick", target, frame),)))
            for child, part in zip(target.elts, unpack(value, target.elts), strict=True):
                inner = child.value if isinstance(child, ast.Starred) else child
                bind_target(machine, inner, part, frame, local_only=local_only)
        case ast.Attribute():
            _bind_attribute(machine, target, value, frame)
        case ast.Subscript():
            _bind_item(machine, target, value, frame)
        case ast.Starred():
            bind_target(machine, target.value, value, frame, local_only=local_only)


def bind_name(
    machine: Machine,
    name: str,
    value: Value,
    frame: Frame,
    node: ast.AST,
    *,
    local_only: bool = False,
) -> None:
    """Assign to a plain name: a local, or the module's or an enclosing function's variable."""
    activation = frame.activation
    function = activation.function
    if function is None or local_only:
        frame.env[name] = value
        return
    names = local_names(machine, function)
    if name in names.globals:
        machine.module_cell(activation.module, name).grow(value)
        activation.stores.append(Store("global", name, node))
        return
    if name in names.nonlocals:
        outer = activation.closure
        while outer is not None and outer.function is not None:
            if name in local_names(machine, outer.function).local:
                _fill(outer, name, value)
                activation.stores.append(Store("nonlocal", name, node))
                break
            outer = outer.closure
        return
    frame.env[name] = value
    activation.cell(name).grow(value)


def unpack(value: Value, targets: list[ast.expr]) -> list[Value]:
    """The parts a value falls into when unpacked over these targets."""
    count = len(targets)
    starred = any(isinstance(target, ast.Starred) for target in targets)
    parts = [Value(NO_ATOMS, value.taints) for _ in targets]
    for atom in value.atoms:
        fixed = atom.items if isinstance(atom, Sequence) and not starred else None
        if fixed is not None and len(fixed) == count:
            parts = [part.join(item) for part, item in zip(parts, fixed, strict=True)]
            continue
        inside = elements(of(atom))
        if isinstance(atom, Sequence) or inside.atoms:
            parts = [part.join(inside) for part in parts]
    result: list[Value] = []
    for target, part in zip(targets, parts, strict=True):
        filled = part if part.atoms else part.join(unknown("unpacked value"))
        result.append(sequence("list", None, filled) if isinstance(target, ast.Starred) else filled)
    return result


def _bind_attribute(machine: Machine, target: ast.Attribute, value: Value, frame: Frame) -> None:
    """`object.name = value`."""
    holder = machine.evaluate(target.value, frame)
    activation = frame.activation
    for atom in holder.atoms:
        match atom:
            case InstanceRef():
                put(machine, target, atom, value, frame)
                machine.attribute_cell(atom.owner, atom.site, target.attr).grow(value)
                if atom.site is not None:
                    machine.attribute_cell(atom.owner, None, target.attr).grow(value)
                if atom == activation.receiver:
                    activation.stores.append(Store("self", target.attr, target))
            case ClassRef():
                machine.attribute_cell(atom.owner, -1, target.attr).grow(value)
                activation.stores.append(Store("class", target.attr, target, atom.owner.qualname))
                return
            case ModuleRef() if atom.path:
                module = machine.symbols.scopes[atom.path].module
                machine.module_cell(module, target.attr).grow(value)
                activation.stores.append(Store("global", target.attr, target))
    note_change(machine, target.value, target, frame)


def note_change(machine: Machine, holder: ast.expr, node: ast.AST, frame: Frame) -> None:
    """Record that the object an expression names is changed, when it outlives the function."""
    activation = frame.activation
    if isinstance(holder, ast.Attribute) and not isinstance(holder.value, ast.Name):
        for atom in activation.values.get(holder.value, NOTHING).atoms:
            if isinstance(atom, ClassRef):  # `type(self).known[key] = value`
                activation.stores.append(Store("class", holder.attr, node, atom.owner.qualname))
                return
    root = root_name(holder)
    if root is None:
        return
    if is_module_name(machine, root, frame):
        atoms = activation.values.get(_root(holder), NOTHING).atoms
        if atoms and all(isinstance(atom, External) for atom in atoms):
            return
        owners = [atom.owner.qualname for atom in atoms if isinstance(atom, ClassRef)]
        activation.stores.append(Store("module", root, node, owners[0] if owners else ""))
    elif root == _first_parameter(activation) and isinstance(holder, ast.Attribute):
        kind = "class" if isinstance(activation.receiver, ClassRef) else "self"
        owner = getattr(getattr(activation.receiver, "owner", None), "qualname", "")
        activation.stores.append(Store(kind, holder.attr, node, owner))
    else:
        shared = _aliased(machine, root, frame)
        if shared is not None:
            activation.stores.append(Store("module", shared, node))


def _root(node: ast.expr) -> ast.expr:
    """The plain name at the start of an expression."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def _first_parameter(activation: Activation) -> str | None:
    """The name of `self` or `cls` in a method."""
    function = activation.function
    if function is None or function.owner is None or activation.receiver is None:
        return None
    found = parameters(function.node)
    return found[0].arg if found else None


def _aliased(machine: Machine, name: str, frame: Frame) -> str | None:
    """The module variable that a local name was assigned from, as it is."""
    function = frame.activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return None
    known = machine.aliases.get(function)
    if known is None:
        known = machine.aliases[function] = {}
        for statement in statements(function.node.body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=local)], value=ast.Name(id=source)):
                    known.setdefault(local, source)
    shared = known.get(name)
    return shared if shared is not None and is_module_name(machine, shared, frame) else None


def _bind_item(machine: Machine, target: ast.Subscript, value: Value, frame: Frame) -> None:
    """`container[key] = value`: the container now may hold the value."""
    holder = machine.evaluate(target.value, frame)
    key = machine.evaluate(target.slice, frame)
    note_change(machine, target.value, target, frame)
    for atom in holder.atoms:
        if isinstance(atom, InstanceRef):
            method = machine.attribute(target, of(atom), "__setitem__", frame)
            if not method.is_unknown:
                machine.call(target, method, Arguments([key, value]), frame)
    rebind(machine, target.value, with_item(holder, key, value), frame)


def with_item(holder: Value, key: Value, value: Value) -> Value:
    """A container value after an item was set."""
    literal = next(iter(key.atoms)) if len(key.atoms) == 1 else None
    result = Value(NO_ATOMS, holder.taints | value.taints | addresses(key.taints))
    for atom in holder.atoms:
        if isinstance(atom, Mapping):
            items, rest = dict(atom.items), atom.rest
            if isinstance(literal, Constant):
                items[literal.value] = items.get(literal.value, NOTHING).join(value)
            else:
                rest = rest.join(value)
            result = result.join(mapping(items, rest))
        elif isinstance(atom, Sequence):
            result = result.join(sequence(atom.kind, None, atom.element.join(value)))
        else:
            result = result.join(of(atom))
    return result


def with_element(holder: Value, value: Value) -> Value:
    """A container value after an element was added."""
    result = Value(NO_ATOMS, holder.taints | value.taints)
    for atom in holder.atoms:
        if isinstance(atom, Sequence):
            result = result.join(sequence(atom.kind, None, atom.element.join(value)))
        elif isinstance(atom, Mapping):
            inside = join_all(
                item
                for other in value.atoms
                if isinstance(other, Mapping)
                for item in (*dict(other.items).values(), other.rest)
            )
            merged = dict(atom.items)
            for other in value.atoms:
                if isinstance(other, Mapping):
                    merged.update(dict(other.items))
            result = result.join(mapping(merged, atom.rest.join(inside)))
        else:
            result = result.join(of(atom))
    return result


def rebind(machine: Machine, node: ast.expr, value: Value, frame: Frame) -> None:
    """Store a changed container back where it came from."""
    activation = frame.activation
    match node:
        case ast.Name():
            if activation.function is None:
                if node.id in frame.env:
                    frame.env[node.id] = value
                else:
                    machine.module_cell(activation.module, node.id).grow(value)
            elif node.id in local_names(machine, activation.function).local:
                frame.env[node.id] = value
                activation.cell(node.id).grow(value)
            else:
                _rebind_outer(machine, node.id, value, frame)
        case ast.Attribute():
            holder = activation.values.get(node.value, NOTHING)
            for atom in holder.atoms:
                if isinstance(atom, InstanceRef):
                    machine.attribute_cell(atom.owner, atom.site, node.attr).grow(value)
                elif isinstance(atom, ClassRef):
                    machine.attribute_cell(atom.owner, -1, node.attr).grow(value)
                elif isinstance(atom, ModuleRef) and atom.path:
                    module = machine.symbols.scopes[atom.path].module
                    machine.module_cell(module, node.attr).grow(value)
        case (
            ast.Subscript(value=holder, slice=key)
            | ast.Call(func=ast.Attribute(value=holder, attr="setdefault"), args=[key, *_])
        ):
            values = activation.values
            whole = with_item(values.get(holder, NOTHING), values.get(key, NOTHING), value)
            rebind(machine, holder, whole, frame)


def _rebind_outer(machine: Machine, name: str, value: Value, frame: Frame) -> None:
    """A container of an enclosing function or of the module was changed."""
    outer = frame.activation.closure
    while outer is not None and outer.function is not None:
        if name in local_names(machine, outer.function).local:
            _fill(outer, name, value)
            return
        outer = outer.closure
    if machine.module_value(frame.activation.module, name, None) is not None:
        machine.module_cell(frame.activation.module, name).grow(value)


def _fill(outer: Activation, name: str, value: Value) -> None:
    """A function inside another one assigns or fills a variable of it."""
    cell = outer.cell(name)
    cell.fill(value)


def root_name(node: ast.expr) -> str | None:
    """The plain name at the start of `name.a[b].c`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def is_module_name(machine: Machine, name: str, frame: Frame) -> bool:
    """Whether a name used in a function is a variable of the module."""
    activation = frame.activation
    if activation.function is None or name in frame.env:
        return False
    outer: Activation | None = activation
    while outer is not None and outer.function is not None:
        if name in local_names(machine, outer.function).local:
            return False
        outer = outer.closure
    return machine.is_bound(activation.module.path, name)
