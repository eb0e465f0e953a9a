"""Expressions: one small function per kind of node.

In: an expression and a frame. Out: its value; calls, reads and branches are recorded in the frame's
activation. Never does: execute statements, or raise on odd code: what it cannot tell is unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from dbos_build.interpreter.attributes import is_enumeration
from dbos_build.interpreter.calling import evaluate_call
from dbos_build.interpreter.iterating import iterate, special
from dbos_build.interpreter.machine import Activation, Frame, Machine
from dbos_build.interpreter.names import lookup
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.outside import note_reads, taint_at
from dbos_build.interpreter.tables import held, is_table
from dbos_build.interpreter.targets import bind_target
from dbos_build.interpreter.values import (
    ANYTHING,
    NO_ATOMS,
    NOTHING,
    Atom,
    ClassRef,
    Constant,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Mapping,
    Sequence,
    Taint,
    Unknown,
    Value,
    addresses,
    awaited,
    constant,
    instance,
    is_arbitrary,
    join_all,
    mapping,
    of,
    sequence,
    unknown,
    unordered,
)


def evaluate(machine: Machine, node: ast.expr, frame: Frame) -> Value:
    """The value of any expression, remembered per node."""
    handler = _HANDLERS.get(type(node))
    value = handler(machine, node, frame) if handler is not None else unknown("expression")
    if machine.types is not None:
        value = machine.types.refine(value, frame.activation.module.path, node)
    values = frame.activation.values
    known = values.get(node)
    values[node] = value if known is None else known.join(value)
    return value


TEXT_MAX = 200


def _constant(machine: Machine, node: ast.Constant, frame: Frame) -> Value:
    return constant(node.value)


def _name(machine: Machine, node: ast.Name, frame: Frame) -> Value:
    value = lookup(machine, node.id, frame, node)
    return note_reads(machine, node, value, frame)


def _attribute(machine: Machine, node: ast.Attribute, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    result = machine.attribute(node, value, node.attr, frame)
    return note_reads(machine, node, result, frame)


def _operation(machine: Machine, node: ast.BinOp, frame: Frame) -> Value:
    """Chains such as `a + b + c + …` are walked, not recursed into."""
    chain: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        chain.append(left)
        left = left.left
    value = machine.evaluate(left, frame)
    for operation in reversed(chain):
        right = machine.evaluate(operation.right, frame)
        value = _combined(machine, operation, value, right, frame)
        frame.activation.values[operation] = value
    return value


_METHODS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}


def _combined(machine: Machine, node: ast.BinOp, left: Value, right: Value, frame: Frame) -> Value:
    """The result of an operator; operators of the project's classes are run."""
    taints = left.taints | right.taints
    result = Value(NO_ATOMS, taints)
    method = _METHODS[type(node.op)]
    for side, other, prefix in ((left, right, "__"), (right, left, "__r")):
        for atom in side.atoms:
            if isinstance(atom, InstanceRef):
                ran = special(machine, node, atom, f"{prefix}{method}__", [other], frame)
                result = result.join(ran if ran is not None else NOTHING)
    for atom in left.atoms:
        result = result.join(_operated(atom, node.op, right))
    if not result.atoms:
        for atom in right.atoms:
            if isinstance(atom, ExternalInstance | Sequence):
                result = result.join(of(atom))
    return result if result.atoms else result.join(unknown("result of an operator"))


def _operated(atom: Atom, op: ast.operator, right: Value) -> Value:
    """The result for one possible left operand."""
    match atom:
        case Constant():
            others = {type(other) for other in right.atoms}
            if others and others <= {ExternalInstance}:
                return join_all(of(other) for other in right.atoms)
            if atom.type == "int" and isinstance(op, ast.Div):
                return instance("builtins.float")
            return instance("builtins." + atom.type)
        case ExternalInstance():
            return of(atom)
        case Sequence() if isinstance(op, ast.Add):
            other = join_all(a.element for a in right.atoms if isinstance(a, Sequence))
            return of(Sequence(atom.kind, None, atom.element.join(other)))
        case Sequence() if isinstance(op, ast.BitOr | ast.BitXor | ast.BitAnd | ast.Sub):
            other = join_all(a.element for a in right.atoms if isinstance(a, Sequence))
            # Of what has no order of its own only the keys of a dictionary know these operators.
            kind = "set" if atom.kind == "iterator" else atom.kind
            return of(Sequence(kind, None, atom.element.join(other)))
        case Sequence():
            return of(Sequence(atom.kind, None, atom.element))
        case Mapping() if isinstance(op, ast.BitOr):
            rest = atom.rest
            for other_atom in right.atoms:
                if isinstance(other_atom, Mapping):
                    rest = rest.join(other_atom.rest)
                    rest = rest.join(join_all(value for _, value in other_atom.items))
            return of(Mapping(atom.items, rest, atom.order))
        case External() if isinstance(op, ast.BitOr):
            return of(atom)
    return NOTHING


def _unary(machine: Machine, node: ast.UnaryOp, frame: Frame) -> Value:
    value = machine.evaluate(node.operand, frame)
    if isinstance(node.op, ast.Not):
        return instance("builtins.bool").tainted(value.taints)
    atoms = ordered(
        ExternalInstance("builtins." + atom.type) if isinstance(atom, Constant) else atom
        for atom in value.atoms
    )
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        number = node.operand.value
        if isinstance(number, int | float) and not isinstance(number, bool):
            return constant(-number)
    return Value(atoms, value.taints)


def _boolean(machine: Machine, node: ast.BoolOp, frame: Frame) -> Value:
    result, is_decided = NOTHING, False
    for index, operand in enumerate(node.values):
        value = machine.evaluate(operand, frame)
        is_last = index == len(node.values) - 1
        if not is_last and value.taints:
            frame.activation.branches.append((operand, value.taints))
        if not is_decided:
            result = result.join(value if is_last else _passed_by(node.op, value))
            is_decided = bool(value.atoms) and _passed_by(_opposite(node.op), value) == NOTHING
    return result


def _passed_by(op: ast.boolop, value: Value) -> Value:
    """What an operand that is not the last can be the result with: `or` passes what is true."""
    wanted = isinstance(op, ast.Or)
    kept = ordered(
        atom for atom in value.atoms if not isinstance(atom, Constant) or bool(atom.value) is wanted
    )
    return value if kept == value.atoms else Value(kept, value.taints)


def _opposite(op: ast.boolop) -> ast.boolop:
    return ast.And() if isinstance(op, ast.Or) else ast.Or()


def _compare(machine: Machine, node: ast.Compare, frame: Frame) -> Value:
    left = machine.evaluate(node.left, frame)
    taints = left.taints
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = machine.evaluate(comparator, frame)
        taints = taints | right.taints
        name = _COMPARISONS.get(type(op))
        side, other = (right, left) if name == "__contains__" else (left, right)
        for atom in side.atoms:
            if name is not None and isinstance(atom, InstanceRef):
                special(machine, node, atom, name, [other], frame)
        left = right
    if all(isinstance(op, _EQUALITIES) for op in node.ops):
        taints = taints - addresses(taints)
    result = instance("builtins.bool").tainted(taints)
    return unordered(result) if any(isinstance(op, _SEARCHES) for op in node.ops) else result


_SEARCHES = ast.In | ast.NotIn
_EQUALITIES = ast.Eq | ast.NotEq | _SEARCHES | ast.Is | ast.IsNot
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__eq__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
    ast.In: "__contains__",
    ast.NotIn: "__contains__",
}


def _conditional(machine: Machine, node: ast.IfExp, frame: Frame) -> Value:
    test = machine.evaluate(node.test, frame)
    if test.taints:
        frame.activation.branches.append((node.test, test.taints))
    value = machine.evaluate(node.body, frame).join(machine.evaluate(node.orelse, frame))
    return value.tainted(test.taints)


def _lambda(machine: Machine, node: ast.Lambda, frame: Frame) -> Value:
    function = machine.function_at(node, frame)
    return of(FunctionRef(function, closure_of(frame)))


def closure_of(frame: Frame) -> Activation | None:
    """The activation whose variables a function defined here closes over."""
    return frame.activation if frame.activation.function is not None else None


def _formatted(machine: Machine, node: ast.JoinedStr, frame: Frame) -> Value:
    taints: frozenset[Taint] = frozenset()
    texts: list[str] | None = []
    for part in node.values:
        value = machine.evaluate(part, frame)
        taints = taints | value.taints
        known = [atom.value for atom in value.atoms if isinstance(atom, Constant)]
        if texts is not None and len(known) == len(value.atoms) == 1 and isinstance(known[0], str):
            texts.append(known[0])
        else:
            texts = None
    if texts is None or sum(map(len, texts)) > TEXT_MAX:
        return instance("builtins.str").tainted(taints)
    return constant("".join(texts)).tainted(taints)


def _formatted_value(machine: Machine, node: ast.FormattedValue, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    for atom in value.atoms:
        if isinstance(atom, InstanceRef):
            for name in ("__format__", "__str__", "__repr__"):
                if special(machine, node, atom, name, [], frame) is not None:
                    break
    if node.format_spec is not None:
        value = value.tainted(machine.evaluate(node.format_spec, frame).taints)
    elif node.conversion == -1 and _is_text(value):
        return value
    return instance("builtins.str").tainted(value.taints)


def _is_text(value: Value) -> bool:
    """Whether a value is one text that the source spells out."""
    return len(value.atoms) == 1 and all(
        isinstance(atom, Constant) and isinstance(atom.value, str) for atom in value.atoms
    )


def _collection(machine: Machine, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Value:
    kind = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
    if is_table(node.elts):
        return sequence(kind, None, held(machine, node.elts, (), frame))
    items: list[Value] = []
    element = NOTHING
    for child in node.elts:
        value = machine.evaluate(child, frame)
        if isinstance(child, ast.Starred):
            source = frame.activation.values.get(child.value, NOTHING)
            value = unordered(value)
            if kind != "set" and is_arbitrary(source):
                value = value.tainted(frozenset((taint_at("set_order", node, frame),)))
            element = element.join(value)
        else:
            items.append(value)
    if element.atoms:
        return sequence(kind, None, element.join(join_all(items)))
    return sequence(kind, items)


def _starred(machine: Machine, node: ast.Starred, frame: Frame) -> Value:
    return iterate(machine, node, machine.evaluate(node.value, frame), frame)


def _dictionary(machine: Machine, node: ast.Dict, frame: Frame) -> Value:
    if is_table(node.values, node.keys):
        return mapping({}, held(machine, node.values, node.keys, frame))
    items: dict[object, Value] = {}
    rest = NOTHING
    for key, child in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(child, frame)
        if key is None:
            for atom in value.atoms:
                if isinstance(atom, Mapping):
                    items.update(dict(atom.items))
                    rest = rest.join(atom.rest)
            continue
        name = machine.evaluate(key, frame)
        literal = next(iter(name.atoms)) if len(name.atoms) == 1 else None
        if isinstance(literal, Constant):
            items[literal.value] = value
        else:
            rest = rest.join(value.tainted(addresses(name.taints)))
    return mapping(items, rest)


def _comprehension(
    machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
) -> Value:
    inner = _generators(machine, node.generators, frame)
    element = machine.evaluate(node.elt, inner)
    kind = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "iterator"}[type(node)]
    return sequence(kind, None, unordered(element) if kind == "set" else element)


def _dict_comprehension(machine: Machine, node: ast.DictComp, frame: Frame) -> Value:
    inner = _generators(machine, node.generators, frame)
    key = machine.evaluate(node.key, inner)
    value = unordered(machine.evaluate(node.value, inner)).tainted(addresses(key.taints))
    order = key.taints - unordered(key).taints
    made = (atom for atom in mapping({}, value).atoms if isinstance(atom, Mapping))
    return Value(ordered(replace(atom, order=order) for atom in made), value.taints)


def _generators(machine: Machine, generators: list[ast.comprehension], frame: Frame) -> Frame:
    """A frame with the loop variables of a comprehension."""
    inner = frame.branch()
    for generator in generators:
        iterable = machine.evaluate(generator.iter, inner)
        element = iterate(machine, generator.iter, iterable, inner)
        if iterable.taints:
            frame.activation.branches.append((generator.iter, iterable.taints))
        bind_target(machine, generator.target, element, inner, local_only=True)
        for test in generator.ifs:
            value = machine.evaluate(test, inner)
            if value.taints:
                frame.activation.branches.append((test, value.taints))
    return inner


def _subscript(machine: Machine, node: ast.Subscript, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    key = machine.evaluate(node.slice, frame)
    result = Value(NO_ATOMS, value.taints | (key.taints - addresses(key.taints)))
    for atom in value.atoms:
        result = result.join(_item(machine, node, atom, key, frame))
    if not isinstance(node.slice, ast.Slice):
        result = _picked(node, result, frame)
    return result if result.atoms else result.join(unknown("item"))


def _picked(node: ast.Subscript, value: Value, frame: Frame) -> Value:
    """`list(a_set)[0]` picks an arbitrary element."""
    if all(taint.kind != "set_order" for taint in value.taints):
        return value
    return unordered(value).tainted(frozenset((taint_at("set_pick", node, frame),)))


def _item(machine: Machine, node: ast.Subscript, atom: Atom, key: Value, frame: Frame) -> Value:
    """One item of one container."""
    literal = next(iter(key.atoms)) if len(key.atoms) == 1 else None
    match atom:
        case Sequence():
            return _element(node, atom, literal)
        case Mapping():
            known = dict(atom.items)
            if isinstance(literal, Constant) and literal.value in known:
                return known[literal.value]
            return join_all(known.values()).join(atom.rest)
        case InstanceRef():
            ran = special(machine, node, atom, "__getitem__", [key], frame)
            return ran if ran is not None else NOTHING
        case ClassRef() if is_enumeration(machine.mro(atom.owner)):
            return of(InstanceRef(atom.owner))
        case External() if not atom.bound:
            # `list[int]`, `Depends[...]`: a generic alias stands for its class.
            return of(atom)
        case ExternalInstance():
            entry = machine.knowledge.exact.get(f"{atom.type}.__getitem__")
            if entry is not None and entry.returns:
                return instance(entry.returns)
            if atom.holds is not None or atom.type.endswith(ANYTHING):
                return atom.holds or of(atom)
            return instance("builtins.str") if atom.type == "builtins.str" else NOTHING
        case Constant(type="str"):
            return instance("builtins.str")
        case Unknown():
            return unknown(f"item of {atom.reason}")
    return NOTHING


def _element(node: ast.Subscript, atom: Sequence, literal: Atom | None) -> Value:
    """One element of a sequence, or part of it."""
    if isinstance(node.slice, ast.Slice):
        return of(Sequence(atom.kind, None, atom.element))
    if atom.items is not None and isinstance(literal, Constant):
        index = literal.value
        if isinstance(index, int) and -len(atom.items) <= index < len(atom.items):
            return atom.items[index]
    return atom.element


def _slice(machine: Machine, node: ast.Slice, frame: Frame) -> Value:
    result = NOTHING
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            result = result.join(Value(NO_ATOMS, machine.evaluate(part, frame).taints))
    return result


def _await(machine: Machine, node: ast.Await, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    for atom in value.atoms:
        if isinstance(atom, InstanceRef):
            special(machine, node, atom, "__await__", [], frame)
    return awaited(value)


def _yield(machine: Machine, node: ast.Yield, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame) if node.value is not None else constant(None)
    frame.activation.yields.grow(value)
    return unknown("value sent to a generator")


def _yield_from(machine: Machine, node: ast.YieldFrom, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    frame.activation.yields.grow(iterate(machine, node, value, frame))
    return unknown("result of a generator")


def _walrus(machine: Machine, node: ast.NamedExpr, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    bind_target(machine, node.target, value, frame)
    return value


_HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: evaluate_call,
    ast.BinOp: _operation,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.JoinedStr: _formatted,
    ast.FormattedValue: _formatted_value,
    ast.List: _collection,
    ast.Tuple: _collection,
    ast.Set: _collection,
    ast.Starred: _starred,
    ast.Dict: _dictionary,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.NamedExpr: _walrus,
}
