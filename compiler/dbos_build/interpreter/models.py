"""Functions of the language and library whose result depends on what they are given.

In: calls of `map`, `sorted`, `getattr`, `functools.partial`, container methods and the like. Out:
their results, with callbacks run. Never does: hold effects; those are data in `known/`. A model
returns None to say that the table alone describes the call.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.announcing import ANNOUNCING_MODELS, HOOKS, hook
from dbos_build.interpreter.applying import APPLYING_MODELS
from dbos_build.interpreter.computed import possible
from dbos_build.interpreter.concurrency import CONCURRENCY_MODELS
from dbos_build.interpreter.containers import CONTAINER_MODELS
from dbos_build.interpreter.hooks import HOOK_MODELS
from dbos_build.interpreter.iterating import iterate
from dbos_build.interpreter.machine import Arguments, Frame, Machine, Use
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.outside import note_reads, taint_at
from dbos_build.interpreter.providing import PROVIDING_MODELS
from dbos_build.interpreter.targets import bind_target
from dbos_build.interpreter.values import (
    NOTHING,
    BoundMethod,
    ClassRef,
    Constant,
    Durable,
    External,
    FunctionRef,
    InstanceRef,
    ModuleRef,
    PartialCall,
    Sequence,
    Unknown,
    Value,
    addresses,
    elements,
    instance,
    is_arbitrary,
    join_all,
    mapping,
    of,
    sequence,
    unknown,
    unordered,
)
from dbos_build.names.symbols import Class

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]


def find_model(name: str) -> Model | None:
    """The model of a qualified name, if it has one."""
    model = _MODELS.get(name) or _MODELS_BESIDE.get(name)
    return hook if model is None and name.startswith(HOOKS) else model


def call_back(machine: Machine, node: ast.AST, arguments: Arguments, frame: Frame) -> None:
    """Run the project's functions among the arguments: whoever takes them may call them."""
    for value in arguments.all():
        callable_atoms = ordered(
            atom
            for atom in value.atoms
            if isinstance(atom, FunctionRef | BoundMethod | PartialCall | Durable)
        )
        if callable_atoms:
            anything = Arguments(star=unknown("argument of a callback"))
            machine.call(node, Value(callable_atoms), anything, frame)


def _first(arguments: Arguments) -> Value:
    """The first positional argument."""
    return arguments.positional[0] if arguments.positional else NOTHING


def _collect(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`list(xs)`, `set(xs)`, `iter(xs)` and the like keep the elements."""
    kind = name.rpartition(".")[2]
    kind = kind if kind in {"list", "tuple", "set", "frozenset"} else "iterator"
    if not arguments.positional:
        return sequence(kind, [])
    source = _first(arguments)
    element = elements(source)
    if name == "builtins.iter" and len(arguments.positional) > 1:
        element = machine.call(node, source, Arguments(), frame)
    if kind in {"set", "frozenset"}:
        element = unordered(element)
    elif is_arbitrary(source):
        if kind == "iterator":
            kind = "set"
        else:
            element = element.tainted(frozenset((taint_at("set_order", node, frame),)))
    return sequence(kind, None, element if element.atoms else element.join(unknown("element")))


def _enumerate(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`enumerate(xs)`: pairs of a number and an element."""
    element = iterate(machine, node, _first(arguments), frame)
    pair = sequence("tuple", [instance("builtins.int"), element])
    return sequence("iterator", None, pair)


def _zip(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`zip(xs, ys)`: tuples of elements."""
    parts = [iterate(machine, node, value, frame) for value in arguments.positional]
    return sequence("iterator", None, sequence("tuple", parts))


def _chain(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`itertools.chain(xs, ys)`: elements of all."""
    return sequence("iterator", None, join_all(elements(v) for v in arguments.positional))


def _next(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`next(it, default)`."""
    result = elements(_first(arguments)).join(join_all(arguments.positional[1:]))
    if is_arbitrary(_first(arguments)):
        result = result.tainted(frozenset((taint_at("set_pick", node, frame),)))
    for atom in _first(arguments).atoms:
        if isinstance(atom, InstanceRef):
            method = machine.attribute(node, of(atom), "__next__", frame)
            result = result.join(machine.call(node, method, Arguments(), frame))
    return result if result.atoms else result.join(unknown("element"))


def _getattr(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`getattr(x, "name", default)` with a literal name is attribute access."""
    if len(arguments.positional) < 2:
        return None
    result = join_all(arguments.positional[2:])
    for atom in arguments.positional[1].atoms:
        if isinstance(atom, Constant) and isinstance(atom.value, str):
            found = machine.attribute(node, arguments.positional[0], atom.value, frame)
            result = result.join(note_reads(machine, node, found, frame))
        else:
            result = result.join(unknown("attribute with a computed name"))
    if isinstance(node, ast.Call) and len(node.args) > 1:
        result = result.join(possible(machine, node, arguments.positional[0], node.args[1], frame))
    return result


def _dict(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`dict(a=1)`, `dict(other)`."""
    base = mapping(dict(arguments.keywords.items()))
    for atom in _first(arguments).atoms:
        if not isinstance(atom, Sequence):
            base = base.join(of(atom))
    return base


def _partial(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`functools.partial(f, …)`; a `partialmethod` waits for its object."""
    if not arguments.positional:
        return None
    target, *rest = arguments.positional
    keywords = tuple(arguments.keywords.items())
    return of(PartialCall(target, tuple(rest), keywords, name.endswith("method")))


def _same(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """Decorators and copies that give back what they got, such as `functools.cache(f)`."""
    first = _first(arguments)
    return first if first.atoms else of(External("dbos_build.same"))


def _decorator_of_same(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`functools.wraps(f)` gives a decorator that gives back what it decorates."""
    return of(External("dbos_build.same"))


def _maybe_decorator(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`@lru_cache` and `@lru_cache(maxsize=1)`."""
    first = _first(arguments)
    cached = "cache" in name
    if any(isinstance(a, FunctionRef | BoundMethod | ClassRef | Durable) for a in first.atoms):
        if cached:
            if machine.rerun is not None:
                machine.rerun.note("cached", node)
            functions = [a.function for a in first.atoms if isinstance(a, FunctionRef)]
            if machine.tape is not None:
                machine.tape.note("cached", functions)
            machine.cached.update(functions)
        return first
    return of(External("dbos_build.cached" if cached else "dbos_build.same"))


def _cast(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`typing.cast(T, x)` is x, typed as T when nothing better is known."""
    if len(arguments.positional) < 2:
        return None
    value = arguments.positional[1]
    if value.is_unknown and isinstance(node, ast.Call):
        typed = annotated(machine, node.args[0], frame)
        if typed.atoms:
            return typed.tainted(value.taints)
    return value


def _type(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`type(x)`: the class of x."""
    classes = [ClassRef(a.owner) for a in _first(arguments).atoms if isinstance(a, InstanceRef)]
    return of(*classes) if classes else unknown("result of type()")


def _import(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`importlib.import_module("name")` with a literal name is an import."""
    atoms = _first(arguments).atoms
    for atom in atoms:
        if len(atoms) == 1 and isinstance(atom, Constant) and isinstance(atom.value, str):
            module = machine.symbols.find(atom.value, frame.activation.module)
            if module is not None and module.tree is None:
                return unknown(f"{module.name} cannot be parsed")
            if module is not None:
                return of(ModuleRef(module.path, module.name))
            target = atom.value
            if name == "builtins.__import__":
                target = target.partition(".")[0]
            return of(External(machine.knowledge.canonical(target)))
    return None


def _default_dictionary(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`defaultdict(factory)`: missing keys hold what the factory gives."""
    made = machine.call(node, _first(arguments), Arguments(), frame)
    return mapping({}, made)


def _field(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`dataclasses.field(default=x)`; factories run when an object is made."""
    default = arguments.keywords.get("default")
    if default is None and arguments.positional and name != "dataclasses.field":
        default = arguments.positional[0]
    return default if default is not None else unknown("field")


def _numeric(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """Conversions such as `str(x)` run `__str__` of the project's classes."""
    tail = name.rpartition(".")[2]
    for value in arguments.positional[:1]:
        for atom in value.atoms:
            if isinstance(atom, InstanceRef) and tail in _CONVERSIONS:
                method = machine.attribute(node, of(atom), _CONVERSIONS[tail], frame)
                if any(isinstance(a, BoundMethod) for a in method.atoms):
                    machine.call(node, method, Arguments(), frame)
    for atom in _first(arguments).atoms if tail in {"repr", "str"} else ():
        if isinstance(atom, InstanceRef) and _shows_address(machine, atom):
            taint = taint_at("identity", node, frame)
            frame.activation.record(node, Use(name, ("identity",), taint))
            return instance("builtins.str").tainted(frozenset((taint,)))
    if tail == "repr":
        return None
    kind = {"len": "int", "hash": "int", "format": "str"}.get(tail, tail)
    counts = tail in {"len", "bool"}
    taints = arguments.taints - (addresses(arguments.taints) if counts else frozenset())
    converted = instance(f"builtins.{kind}").tainted(taints)
    if tail == "hash":
        return None
    return unordered(converted) if counts else converted


_CONVERSIONS = {
    "str": "__str__",
    "repr": "__repr__",
    "len": "__len__",
    "bool": "__bool__",
    "int": "__int__",
    "float": "__float__",
    "format": "__format__",
    "hash": "__hash__",
    "bytes": "__bytes__",
}


def _shows_address(machine: Machine, atom: InstanceRef) -> bool:
    """Whether the text of an object is the default one, with its address in memory."""
    for ancestor in machine.mro(atom.owner):
        if not isinstance(ancestor, Class):
            return False
        if ancestor.node.decorator_list:
            return False
        if any(name in ancestor.bindings for name in ("__repr__", "__str__")):
            return False
    return True


def _setattr(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`setattr(x, "name", value)` with a literal name is an assignment."""
    if isinstance(node, ast.Call) and len(node.args) == 3:
        target, key = node.args[0], node.args[1]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            written = machine.made.setdefault(node, ast.Attribute(target, "", ast.Store()))
            written.value, written.attr = target, key.value
            bind_target(machine, ast.copy_location(written, node), arguments.positional[2], frame)
    return of(Constant(None, "NoneType"))


def _always_same(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """The decorator that changes nothing."""
    return _first(arguments)


_MODELS: dict[str, Model] = {
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "itertools.chain": _chain,
    "builtins.next": _next,
    "builtins.anext": _next,
    "builtins.getattr": _getattr,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.wraps": _decorator_of_same,
    "functools.update_wrapper": _same,
    "dbos_build.same": _always_same,
    "dbos_build.cached": _maybe_decorator,
    "functools.cached_property": _maybe_decorator,
    "builtins.setattr": _setattr,
    "typing.cast": _cast,
    "builtins.type": _type,
    "importlib.import_module": _import,
    "builtins.__import__": _import,
    "collections.defaultdict": _default_dictionary,
    "dataclasses.field": _field,
    "pydantic.Field": _field,
    "attr.ib": _field,
    "attrs.field": _field,
    **dict.fromkeys(
        (f"builtins.{kind}" for kind in ("list", "tuple", "set", "frozenset", "iter", "reversed")),
        _collect,
    ),
    "collections.deque": _collect,
    "itertools.islice": _collect,
    "itertools.cycle": _collect,
    **dict.fromkeys((f"builtins.{kind}" for kind in _CONVERSIONS), _numeric),
    **dict.fromkeys(
        (
            "copy.copy",
            "copy.deepcopy",
            "dataclasses.replace",
            "contextlib.contextmanager",
            "contextlib.asynccontextmanager",
            "builtins.staticmethod",
            "builtins.classmethod",
            "builtins.property",
            "functools.singledispatch",
            "typing.overload",
            "typing.final",
            "typing.no_type_check",
            "typing.runtime_checkable",
            "abc.abstractmethod",
            "atexit.register",
        ),
        _same,
    ),
    **dict.fromkeys(
        (
            "functools.lru_cache",
            "functools.cache",
            "dataclasses.dataclass",
            "attr.s",
            "attrs.define",
            "attrs.frozen",
            "functools.total_ordering",
            "enum.unique",
        ),
        _maybe_decorator,
    ),
}

_MODELS_BESIDE: dict[str, Model] = {
    **CONTAINER_MODELS,
    **CONCURRENCY_MODELS,
    **HOOK_MODELS,
    **PROVIDING_MODELS,
    **APPLYING_MODELS,
    **ANNOUNCING_MODELS,
}

__all__ = ["Unknown", "call_back", "find_model"]
