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
        machine.call(node, key, Arguments([element]), frame)
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
    """`attrgetter("age")` and `methodcaller("age", 3)`: functions of an object, to be called."""
    named = _first(arguments)
    is_literal = all(isinstance(atom, Constant) for atom in named.atoms)
    is_method = name.endswith("methodcaller")
    if is_method and not is_literal:
        frame.activation.record(node, Use(name, ("code",)))
    if not is_literal or (len(arguments.positional) > 1 and not is_method):
        return unknown(f"result of {name}")
    target = of(External("dbos_build.method" if is_method else "dbos_build.attribute"))
    given = sequence("tuple", arguments.positional[1:])
    others = tuple(arguments.keywords.items())
    return of(PartialCall(target, (named, given), others if is_method else ()))


def _attribute(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """What such a function gives: the attribute of an object, or the result of its method."""
    if len(arguments.positional) < 3:
        return unknown("attribute of nothing")
    named, given, value = arguments.positional[:3]
    result = NOTHING
    for atom in named.atoms:
        found = value
        for part in str(getattr(atom, "value", "")).split("."):
            found = machine.attribute(node, found, part, frame)
        if name.endswith("method"):
            passed = [each.items or () for each in given.atoms if isinstance(each, Sequence)]
            arguments = Arguments(list(passed[0]) if passed else [], arguments.keywords)
            found = machine.call(node, found, arguments, frame)
        result = result.join(found)
    return result


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
    "operator.attrgetter": _getter,
    "operator.methodcaller": _getter,
    "dbos_build.attribute": _attribute,
    "dbos_build.method": _attribute,
    **dict.fromkeys(("re.sub", "re.subn", "re.Pattern.sub", "re.Pattern.subn"), _substituted),
}
