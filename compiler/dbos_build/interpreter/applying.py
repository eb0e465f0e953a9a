"""Functions that apply others to values: `map`, `sorted(key=…)`, `reduce`, `re.sub` and the like.

In: calls that are given a function and what it is applied to. Out: their results, with the function
run on the elements. Never does: call a function that is only kept, as a decorator keeps one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.iterating import iterate, special
from dbos_build.interpreter.machine import Arguments, Frame, Machine, Use
from dbos_build.interpreter.values import (
    NOTHING,
    Constant,
    External,
    ExternalInstance,
    InstanceRef,
    PartialCall,
    Sequence,
    Value,
    addresses,
    elements,
    instance,
    join_all,
    of,
    sequence,
    unknown,
    unordered,
)

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]


def _first(arguments: Arguments) -> Value:
    """The first positional argument."""
    return arguments.positional[0] if arguments.positional else NOTHING


def _map(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`map(f, xs, …)` and `starmap`: f runs on the elements."""
    if not arguments.positional:
        return None
    passed = [iterate(machine, node, value, frame) for value in arguments.positional[1:]]
    value = machine.call(node, arguments.positional[0], Arguments(passed), frame)
    return sequence("iterator", None, value)


def _filter(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`filter(f, xs)`: f runs on the elements."""
    if len(arguments.positional) < 2:
        return None
    element = elements(arguments.positional[1])
    machine.call(node, arguments.positional[0], Arguments([element]), frame)
    return sequence("iterator", None, element)


def _ordered(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`sorted`, `min`, `max`: the key runs on the elements."""
    whole = len(arguments.positional) == 1
    element = elements(_first(arguments)) if whole else join_all(arguments.positional)
    element = unordered(element)
    key = arguments.keywords.get("key")
    if key is not None:
        given = machine.call(node, key, Arguments([element]), frame)
        element = element.tainted(addresses(given.taints))
    element = element if element.atoms else element.join(unknown("element"))
    return sequence("list", None, element) if name == "builtins.sorted" else element


def _sum(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`sum(xs, start)` of objects of the project: they are added by their own method."""
    start = arguments.get("start", 1) or NOTHING
    result, element = start, elements(_first(arguments))
    for atom in (*element.atoms, *start.atoms):
        if isinstance(atom, InstanceRef):
            added = special(machine, node, atom, "__add__", [element], frame)
            result = result.join(added or NOTHING)
    has_own = any(isinstance(atom, InstanceRef) for atom in result.atoms)
    return result.tainted(element.taints) if has_own else None


def _reduce(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`reduce(f, xs, start)`."""
    if len(arguments.positional) < 2:
        return None
    element = elements(arguments.positional[1])
    start = arguments.positional[2] if len(arguments.positional) > 2 else element
    return machine.call(node, arguments.positional[0], Arguments([start, element]), frame)


def _comparing(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`cmp_to_key(f)`: a key that runs f on two elements, as sorting does."""
    return of(PartialCall(of(External("dbos_build.compared")), (_first(arguments),), ()))


def _compared(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """What comparing an element with another one gives."""
    function, *others = arguments.positional
    value = others[0] if others else arguments.star or NOTHING
    return machine.call(node, function, Arguments([value, value]), frame)


def _substituted(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`re.sub(pattern, f, text)`: f runs on the matches, and the text holds what it gives."""
    replacement = arguments.get("repl", 0 if name.startswith("re.Pattern.") else 1)
    text = instance("builtins.str").tainted(arguments.taints)
    for atom in replacement.atoms if replacement is not None else ():
        if isinstance(atom, Constant | ExternalInstance):
            continue
        given = machine.call(node, of(atom), Arguments([instance("re.Match")]), frame)
        text = text.tainted(given.taints)
    if name.endswith("n"):
        return sequence("tuple", [text, instance("builtins.int")])
    return text


def _getter(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`attrgetter("age", "name")`: a function of an object."""
    if not all(_is_literal(named) for named in arguments.positional):
        return unknown(f"result of {name}")
    names = sequence("tuple", arguments.positional)
    return of(PartialCall(of(External("dbos_build.attributes")), (names,), ()))


def _attributes(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """What such a function gives: an attribute of an object, or a tuple of several."""
    names, *others = arguments.positional
    value = others[0] if others else arguments.star or NOTHING
    found = [_read(machine, node, value, each, frame) for each in _items(names)]
    return found[0] if len(found) == 1 else sequence("tuple", found)


def _method_caller(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`methodcaller("age", 3)`: a function that calls a method of an object."""
    named = _first(arguments)
    if not _is_literal(named):
        frame.activation.record(node, Use(name, ("code",)))
        return unknown("result of a method caller")
    given = sequence("tuple", arguments.positional[1:])
    others = tuple(arguments.keywords.items())
    return of(PartialCall(of(External("dbos_build.method")), (named, given), others))


def _method(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """What such a function gives: the result of the method."""
    named, given, *others = arguments.positional
    value = others[0] if others else arguments.star or NOTHING
    method = _read(machine, node, value, named, frame)
    return machine.call(node, method, Arguments(_items(given), arguments.keywords), frame)


def _is_literal(named: Value) -> bool:
    """Whether a name is surely a literal."""
    return bool(named.atoms) and all(isinstance(atom, Constant) for atom in named.atoms)


def _items(value: Value) -> list[Value]:
    """The items of a tuple that a model made."""
    return [each for atom in value.atoms if isinstance(atom, Sequence) for each in atom.items or ()]


def _read(machine: Machine, node: ast.AST, value: Value, named: Value, frame: Frame) -> Value:
    """The attribute of a value, through dots in the name."""
    result = NOTHING
    for atom in named.atoms:
        found = value
        for part in str(getattr(atom, "value", "")).split("."):
            found = machine.attribute(node, found, part, frame)
        result = result.join(found)
    return result


def _grouped(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`groupby(xs, key)`: what the key gives, with the elements."""
    element = elements(_first(arguments))
    key = arguments.get("key", 1)
    given = machine.call(node, key, Arguments([element]), frame) if key is not None else element
    pair = sequence("tuple", [given, sequence("iterator", None, element)])
    return sequence("iterator", None, pair)


def _chosen(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`heapq.nlargest(n, xs, key)`: the key runs on the elements."""
    element = elements(arguments.get("iterable", 1) or NOTHING)
    key = arguments.get("key", 2)
    if key is not None:
        machine.call(node, key, Arguments([element]), frame)
    return sequence("list", None, element.tainted(arguments.taints))


def _accumulated(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`accumulate(xs, f)`: f runs on what it gave before, and the next element."""
    element = elements(_first(arguments))
    function = arguments.get("func", 1)
    start = element.join(arguments.keywords.get("initial", NOTHING))
    given = start
    if function is not None and not _is_literal(function):
        given = given.join(machine.call(node, function, Arguments([start, element]), frame))
    return sequence("iterator", None, given)


APPLYING_MODELS: dict[str, Model] = {
    "builtins.map": _map,
    "itertools.starmap": _map,
    "builtins.filter": _filter,
    "itertools.filterfalse": _filter,
    "itertools.takewhile": _filter,
    "itertools.dropwhile": _filter,
    "builtins.sum": _sum,
    "builtins.sorted": _ordered,
    "builtins.min": _ordered,
    "builtins.max": _ordered,
    "functools.reduce": _reduce,
    "functools.cmp_to_key": _comparing,
    "dbos_build.compared": _compared,
    "itertools.accumulate": _accumulated,
    "itertools.groupby": _grouped,
    "heapq.nlargest": _chosen,
    "heapq.nsmallest": _chosen,
    "operator.attrgetter": _getter,
    "operator.methodcaller": _method_caller,
    "dbos_build.attributes": _attributes,
    "dbos_build.method": _method,
    **dict.fromkeys(("re.sub", "re.subn", "re.Pattern.sub", "re.Pattern.subn"), _substituted),
}
