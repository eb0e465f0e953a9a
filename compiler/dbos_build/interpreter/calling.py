"""Calls: what happens when a value is called.

In: a callee value and arguments. Out: the result; what runs is recorded at the call's node as
entered functions, uses of the outside, durable boundaries, or opaque calls. Never does: run a
step's or transaction's body as part of its caller.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter import constructing, durable
from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.dispatching import cannot_reach
from dbos_build.interpreter.machine import Activation, Arguments, Enter, Frame, Machine, Opaque, Use
from dbos_build.interpreter.models import call_back, find_model
from dbos_build.interpreter.names import local_names, parameters
from dbos_build.interpreter.outside import use
from dbos_build.interpreter.values import (
    NO_ATOMS,
    NOTHING,
    Atom,
    BoundMethod,
    ClassRef,
    Constant,
    Coroutine,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Mapping,
    Marker,
    PartialCall,
    Sequence,
    SuperRef,
    Unknown,
    Value,
    join_all,
    mapping,
    of,
    sequence,
    unknown,
)
from dbos_build.names.symbols import Function


def evaluate_call(machine: Machine, node: ast.Call, frame: Frame) -> Value:
    """A call expression."""
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        found = _super_call(node, frame)
        if found is not None:
            return found
    callee = machine.evaluate(node.func, frame)
    return machine.call(node, callee, arguments_of(machine, node, frame), frame)


def arguments_of(machine: Machine, node: ast.Call, frame: Frame) -> Arguments:
    """The evaluated arguments of a call expression."""
    arguments = Arguments()
    for child in node.args:
        value = machine.evaluate(child, frame)
        if not isinstance(child, ast.Starred):
            arguments.positional.append(value)
            continue
        source = frame.activation.values.get(child.value, NOTHING)
        fixed = [a.items for a in source.atoms if isinstance(a, Sequence)]
        if len(fixed) == len(source.atoms) == 1 and fixed[0] is not None:
            arguments.positional.extend(fixed[0])
        else:
            arguments.star = value if arguments.star is None else arguments.star.join(value)
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            arguments.keywords[keyword.arg] = value
            continue
        rest = Value(NO_ATOMS, value.taints)
        for atom in value.atoms:
            if isinstance(atom, Mapping):
                named = {k: v for k, v in atom.items if isinstance(k, str)}
                arguments.keywords.update(named)
                rest = rest.join(atom.rest)
            else:
                rest = rest.join(unknown("unpacked keywords"))
        if rest.atoms:
            arguments.double_star = rest
    return arguments


def _super_call(node: ast.Call, frame: Frame) -> Value | None:
    """`super()` inside a method."""
    activation: Activation | None = frame.activation
    while activation is not None and activation.function is not None:
        owner, receiver = activation.function.owner, activation.receiver
        if owner is not None:
            if isinstance(receiver, InstanceRef | ClassRef):
                return of(SuperRef(owner, receiver))
            return None
        activation = activation.closure
    return None


def call(
    machine: Machine, node: ast.AST, callee: Value, arguments: Arguments, frame: Frame
) -> Value:
    """Call any value: the result is what any of its atoms may give."""
    result = Value(NO_ATOMS, callee.taints)
    for atom in callee.atoms:
        result = result.join(_call_atom(machine, node, atom, arguments, frame))
    return result if result.atoms else result.join(unknown("result of a call"))


def _call_atom(
    machine: Machine, node: ast.AST, atom: Atom, arguments: Arguments, frame: Frame
) -> Value:
    match atom:
        case External():
            return _external(machine, node, atom, arguments, frame)
        case FunctionRef():
            return enter(machine, node, atom, None, arguments, frame)
        case BoundMethod():
            return enter(machine, node, atom.function, atom.receiver, arguments, frame)
        case Durable():
            return durable.operation(machine, node, atom, arguments, frame)
        case ClassRef():
            return constructing.construct(machine, node, atom, arguments, frame)
        case PartialCall():
            merged = Arguments(
                [*atom.positional, *arguments.positional],
                {**dict(atom.keywords), **arguments.keywords},
                arguments.star,
                arguments.double_star,
            )
            return machine.call(node, atom.target, merged, frame)
        case Marker():
            return durable.decorate(machine, node, atom, arguments, frame)
        case InstanceRef():
            method = machine.attribute(node, of(atom), "__call__", frame)
            if method.is_unknown:
                frame.activation.record(node, Opaque(f"{atom.owner.name} object is called"))
                return unknown("result of a call")
            return machine.call(node, method, arguments, frame)
        case ExternalInstance():
            called = External(f"{atom.type}.__call__", False, atom.holds)
            return _external(machine, node, called, arguments, frame)
    return _call_unknown(machine, node, atom, arguments, frame)


def _call_unknown(
    machine: Machine, node: ast.AST, atom: Atom, arguments: Arguments, frame: Frame
) -> Value:
    """Call something that cannot be followed: by a computed name, unknown, or no function."""
    if isinstance(atom, Unknown):
        call_back(machine, node, arguments, frame)
        if any(mark in atom.reason for mark in _COMPUTED):
            frame.activation.record(node, Use(_computed_name(atom.reason), ("code",)))
            return unknown("result of a computed call").tainted(arguments.taints)
        frame.activation.record(node, Opaque(atom.reason))
        return unknown(f"result of {atom.reason}"[:80]).tainted(arguments.taints)
    if isinstance(atom, Constant) and atom.value is None:
        return NOTHING
    frame.activation.record(node, Opaque("something that is no function is called"))
    return unknown("result of a call")


_COMPUTED = ("computed name", "builtins.globals", "builtins.locals", "builtins.vars")


def _computed_name(reason: str) -> str:
    """What a call by a computed name is called in messages."""
    return "builtins.getattr" if "computed name" in reason else "builtins.globals"


def _external(
    machine: Machine, node: ast.AST, atom: External, arguments: Arguments, frame: Frame
) -> Value:
    """Call something outside the project: a modelled function, the DBOS API, or by the table."""
    name = machine.knowledge.canonical(atom.name)
    if name.startswith("dbos."):
        return durable.interface(machine, node, name, arguments, frame)
    model = find_model(name)
    if model is not None:
        modelled = model(machine, node, name, arguments, frame)
        if modelled is not None:
            return modelled
    if name.endswith(".__init__"):
        # The effect of making an object is noted where it is made.
        return of(Constant(None, "NoneType"))
    used, value = use(machine.knowledge, name, node, arguments, frame, atom.holds)
    frame.activation.record(node, used)
    call_back(machine, node, arguments, frame)
    return value


def enter(
    machine: Machine,
    node: ast.AST,
    ref: FunctionRef,
    receiver: Atom | None,
    arguments: Arguments,
    frame: Frame,
) -> Value:
    """Run a function of the project with these arguments."""
    function = ref.function
    is_chosen = function.decorators or function in machine.handed
    if is_chosen and cannot_reach(machine, function, arguments.get("", 0)):
        return NOTHING
    closure = ref.closure if isinstance(ref.closure, Activation) else None
    passed = bind_parameters(machine, function, receiver, arguments)
    activation = machine.activate(function, closure, receiver, passed)
    frame.activation.record(node, Enter(activation))
    return outcome(machine, activation, frame)


def outcome(machine: Machine, activation: Activation, frame: Frame) -> Value:
    """What a call of an activation gives: returns, an iterator of yields, or the annotation."""
    function = activation.function
    assert function is not None
    value = activation.returns.read(frame.activation)
    if local_names(machine, function).is_generator:
        yields = activation.yields.read(frame.activation)
        return sequence("iterator", None, yields if yields.atoms else unknown("yielded value"))
    if value.is_unknown and not isinstance(function.node, ast.Lambda):
        outer = Frame(machine.module_activation(function.module), {}, function.owner)
        typed = annotated(machine, function.node.returns, outer)
        if typed.atoms:
            value = typed.tainted(value.taints)
    if function.is_async:
        return of(Coroutine(activation, "function", value)).tainted(value.taints)
    return value


def bind_parameters(
    machine: Machine, function: Function, receiver: Atom | None, arguments: Arguments
) -> dict[str, Value]:
    """Which parameter gets which value; parameters left out of the result take their default."""
    node = function.node.args
    names = [argument.arg for argument in (*node.posonlyargs, *node.args)]
    passed: dict[str, Value] = {}
    positional = list(arguments.positional)
    if receiver is not None and names:
        positional.insert(0, of(receiver))
    for name, value in zip(names, positional, strict=False):
        passed[name] = value
    if node.vararg is not None:
        extra = positional[len(names) :]
        if arguments.star is not None:
            passed[node.vararg.arg] = sequence("tuple", None, join_all(extra).join(arguments.star))
        else:
            passed[node.vararg.arg] = sequence("tuple", extra)
    every = {argument.arg for argument in parameters(function.node)}
    others: dict[object, Value] = {}
    for name, value in arguments.keywords.items():
        if name in every and name not in {a.arg for a in node.posonlyargs}:
            passed[name] = value
        else:
            others[name] = value
    if node.kwarg is not None:
        passed[node.kwarg.arg] = mapping(others, arguments.double_star or NOTHING)
    for spread in (arguments.star, arguments.double_star):
        if spread is not None:
            for name in (*names, *(a.arg for a in node.kwonlyargs)):
                passed.setdefault(name, spread)
    return passed
