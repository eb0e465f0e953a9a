"""Calls that leave the project: effects from the knowledge table, and the type of the result.

In: a qualified name and the arguments. Out: a `Use` with the effects that these arguments cause,
and a value. Never does: know a name itself; all names are data in `known/`.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.knowledge import Entry, Knowledge
from dbos_build.interpreter.machine import Arguments, Frame, Machine, Use
from dbos_build.interpreter.values import (
    ORDER_KINDS,
    ClassRef,
    Constant,
    External,
    ExternalInstance,
    InstanceRef,
    Mapping,
    Taint,
    Value,
    instance,
    join_all,
    of,
    sequence,
    unknown,
)

# Effects whose result differs between runs; the others act on the world or on order.
VALUE_EFFECTS = frozenset(
    {
        "clock",
        "monotonic",
        "timezone",
        "random",
        "unseeded",
        "entropy",
        "identifier",
        "network",
        "client",
        "file",
        "process",
        "database",
        "input",
        "environment",
        "host",
        "interpreter",
        "identity",
        "address",
        "order",
        "context",
        "agent",
    }
)


ORDER_FREE = frozenset(
    f"builtins.{name}"
    for name in ("sorted", "len", "sum", "min", "max", "any", "all", "set", "frozenset", "bool")
) | frozenset({"collections.Counter", "statistics.mean", "statistics.median", "math.fsum"})
"""Functions whose result does not depend on the order of what they are given."""


def taint_at(kind: str, node: ast.AST, frame: Frame) -> Taint:
    """The taint of an effect at a node."""
    activation = frame.activation
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return Taint(kind, activation.returns.engine.place(activation.module.path, line, column))


_DATA = ("pathlib.", "datetime.", "decimal.", "fractions.", "uuid.", "ipaddress.", "types.")
"""Modules whose objects are nothing but what they were made from."""


_WHEN_USED = frozenset({"agent", "client", "database"})
"""Effects that objects have by what is asked of them; making one is none."""


def use(
    knowledge: Knowledge,
    name: str,
    node: ast.AST,
    arguments: Arguments,
    frame: Frame,
    holds: Value | None = None,
) -> tuple[Use, Value]:
    """What calling an external name does and gives; `holds` is what its object is about."""
    entry = knowledge.find(name)
    effects = caused(entry, arguments) if entry is not None else ()
    makes_client = entry is not None and _makes_client(entry, name)
    if makes_client:
        effects = ()
    taint = None
    taints = arguments.taints
    for effect in effects:
        if effect in VALUE_EFFECTS:
            taint = taint_at(effect, node, frame)
            taints = taints | {taint}
            break
    value = result(entry, name, arguments, holds)
    if name in ORDER_FREE:
        taints = frozenset(taint for taint in taints if taint.kind not in ORDER_KINDS)
    is_class = makes_client or (entry is not None and entry.is_class)
    if is_class and not effects and not name.startswith(_DATA):
        # A client is not what it was configured with; a path or a number is.
        taints = frozenset()
    return Use(name, effects, taint), value.tainted(taints)


def note_reads(machine: Machine, node: ast.AST, value: Value, frame: Frame) -> Value:
    """Record names whose mere reading has an effect, such as `os.environ`."""
    for atom in value.atoms:
        if isinstance(atom, External):
            entry = machine.knowledge.exact.get(atom.name)
            if entry is None and atom.bound:
                entry = machine.knowledge.find(atom.name)
            if entry is not None and entry.is_read and entry.effects:
                taint = taint_at(entry.effects[0], node, frame)
                frame.activation.record(node, Use(atom.name, entry.effects, taint))
                if frame.activation.function is None:
                    return value.tainted(frozenset((taint,)))
                # Inside a function one finding is enough: what is read from it is plain data.
                kept = of(ExternalInstance(entry.returns or atom.name))
                return kept.tainted(value.taints | {taint})
    return value


def _makes_client(entry: Entry, name: str) -> bool:
    """Whether a call makes an object that a row for the whole package says acts when it is used."""
    if not entry.name.endswith(".*") or not set(entry.effects) <= _WHEN_USED:
        return False
    return _is_class(name) and not _is_class(name.rpartition(".")[0])


def caused(entry: Entry, arguments: Arguments) -> tuple[str, ...]:
    """The effects of an entry under these arguments."""
    if entry.is_read:
        return ()
    return entry.effects if _applies(entry, arguments) else entry.otherwise


def _applies(entry: Entry, arguments: Arguments) -> bool:
    """Whether all conditions of an entry are met."""
    return all(_holds(condition, arguments) for condition in entry.when)


def _holds(condition: str, arguments: Arguments) -> bool:
    """Whether one condition is met.

    `missing:seed@0|x@1`: none of these parameters is given, or only as None.
    `given:timeout@1`: the parameter is given and not None.
    `nonzero:delay@0`: the argument is not the literal 0.
    `notint:x@0`: the argument is not surely a number, as it is in `hash(5)`.
    `path:file@0`: the argument is given and is no stream in memory, as in `read_csv(BytesIO(b))`.
    `text:name@0`: the argument may be a text, and is not surely an object that stands for it.
    `unless:options@1.check`: the argument is not a dictionary that surely says False for "check".
    """
    kind, _, rest = condition.partition(":")
    if kind == "missing":
        return not any(_given(part, arguments) for part in rest.split("|"))
    if kind == "given":
        return any(_given(part, arguments) for part in rest.split("|"))
    if kind == "nonzero":
        return not _is_literal(rest, arguments, (0, 0.0))
    if kind == "notint":
        return not _is_number(rest, arguments)
    if kind == "path":
        return any(_is_path(part, arguments) for part in rest.split("|"))
    if kind == "writes":
        return not _is_literal(rest, arguments, ("r", "rb", "rt"))
    if kind == "text":
        return _may_be_text(rest, arguments)
    if kind == "unless":
        return not any(_is_off(part, arguments) for part in rest.split("|"))
    return True


def _argument(part: str, arguments: Arguments) -> Value | None:
    """The argument that `name@position` stands for."""
    name, _, position = part.partition("@")
    return arguments.get(name, int(position) if position else -1)


def _may_be_text(part: str, arguments: Arguments) -> bool:
    """Whether a parameter is passed and may be a text."""
    value = _argument(part, arguments)
    if value is None or not value.atoms:
        return True
    return any(
        getattr(atom, "type", "str").removeprefix("builtins.") == "str" for atom in value.atoms
    )


def _is_off(part: str, arguments: Arguments) -> bool:
    """Whether a parameter is a dictionary that says False for a key."""
    whole, _, key = part.partition(".")
    value = _argument(whole, arguments)
    if value is None or not value.atoms:
        return False
    for atom in value.atoms:
        said = dict(atom.items).get(key) if isinstance(atom, Mapping) else None
        if said is None or not said.atoms:
            return False
        if not all(isinstance(inner, Constant) and inner.value is False for inner in said.atoms):
            return False
    return True


def _given(part: str, arguments: Arguments) -> bool:
    """Whether a parameter is passed and is not the literal None."""
    if arguments.star is not None or arguments.double_star is not None:
        return True
    value = _argument(part, arguments)
    if value is None:
        return False
    return not all(isinstance(a, Constant) and a.value is None for a in value.atoms)


_STREAMS = frozenset(
    {
        "io.BytesIO",
        "io.StringIO",
        "io.TextIOWrapper",
        "_io.BytesIO",
        "jinja2.DictLoader",
        "jinja2.FunctionLoader",
    }
)
"""What is read from memory although it looks like a file: streams, and loaders of templates."""


def _is_path(part: str, arguments: Arguments) -> bool:
    """Whether a parameter is passed and is not surely an open stream or nothing."""
    if not _given(part, arguments):
        return False
    value = _argument(part, arguments)
    if value is None or not value.atoms:
        return value is not None
    return any(getattr(atom, "type", "") not in {*_STREAMS, "NoneType"} for atom in value.atoms)


def _is_literal(part: str, arguments: Arguments, literals: tuple[object, ...]) -> bool:
    """Whether a parameter is one of these literals."""
    value = _argument(part, arguments)
    if value is None or not value.atoms:
        return False
    return all(isinstance(a, Constant) and a.value in literals for a in value.atoms)


def _is_number(part: str, arguments: Arguments) -> bool:
    """Whether a parameter is surely a number, a boolean or None."""
    value = _argument(part, arguments)
    if value is None or not value.atoms:
        return False
    types = {getattr(atom, "type", "?").removeprefix("builtins.") for atom in value.atoms}
    return types <= {"int", "float", "bool", "complex", "NoneType"}


def result(
    entry: Entry | None, name: str, arguments: Arguments, holds: Value | None = None
) -> Value:
    """The value a call gives, from the table; by convention a capital letter means a class."""
    if entry is not None and entry.returns and not (entry.name.endswith(".*") and _is_class(name)):
        other = bool(entry.otherwise_returns) and not _applies(entry, arguments)
        returns = entry.otherwise_returns if other else entry.returns
        given = _returned(returns, arguments, holds)
        return given if given.atoms else unknown(f"result of {name}")
    if entry is not None and entry.is_class and entry.name == name:
        return instance(name)
    return instance(name) if _is_class(name) else unknown(f"result of {name}")


def _is_class(name: str) -> bool:
    tail = name.rpartition(".")[2]
    return tail[:1].isupper() and not tail.isupper()


def _returned(returns: str, arguments: Arguments, holds: Value | None) -> Value:
    """The value that the last column of the table describes."""
    if returns.startswith("[") and returns.endswith("]"):
        return sequence("list", None, _one(returns[1:-1], arguments, holds))
    if returns.startswith("set[") and returns.endswith("]"):
        return sequence("set", None, instance(returns[4:-1]))
    if returns == "None":
        return of(Constant(None, "NoneType"))
    if returns.startswith("arg") and returns[3:].isdigit():
        position = int(returns[3:])
        given = arguments.positional[position : position + 1]
        return given[0] if given else Value()
    return _one(returns, arguments, holds)


def _one(word: str, arguments: Arguments, holds: Value | None) -> Value:
    """An object of a class; `held` is what the called object is about.

    `new0` is an object of the class that is the first argument, `about0` what that is about.
    """
    if word == "held":
        return holds or Value()
    if word.startswith(("new", "about")) and word[-1].isdigit():
        position = int(word[-1])
        given = arguments.positional[position : position + 1]
        atoms = given[0].atoms if given else frozenset()
        if word.startswith("new"):
            return of(*(InstanceRef(atom.owner) for atom in atoms if isinstance(atom, ClassRef)))
        return join_all(a.holds for a in atoms if isinstance(a, ExternalInstance) and a.holds)
    kind, bracket, inner = word.removeprefix(":").partition("<")
    about = _one(inner.removesuffix(">"), arguments, holds) if bracket else Value()
    return of(ExternalInstance(kind, about if about.atoms else None))
