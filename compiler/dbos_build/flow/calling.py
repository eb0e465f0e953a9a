"""Calls: what is drawn for an operation, a helper, and code that nobody can follow.

In: a walk and a call. Out: the term of its result; operations become nodes, helpers that reach one
are drawn where they are called, other helpers are evaluated, and the outside counts by its name.
Never: takes a call that may run an operation for a plain one.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from dbos_build.flow import asking, concurrency, inlining, mapping, members
from dbos_build.flow.identity import distinct
from dbos_build.flow.members import entered, special
from dbos_build.flow.outside import effect_free, is_changing, is_idle
from dbos_build.flow.ownership import CHANGING, UNCHANGING
from dbos_build.flow.reaching import DURABLE
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import BLOCKS_MAX, Walk
from dbos_build.interpreter.machine import Boundary, Enter, Opaque, Target, Use
from dbos_build.interpreter.values import (
    BoundMethod,
    ClassRef,
    Durable,
    External,
    FunctionRef,
    InstanceRef,
)

_FOLLOWED = (Durable, FunctionRef, BoundMethod, ClassRef, InstanceRef)


def call(walk: Walk, node: ast.Call, *, is_awaited: bool, is_kept: bool) -> int:
    """The term of a call."""
    if isinstance(node.func, ast.Name) and node.func.id in _CONSUMERS:
        walk.consumed.update(node.args)
    walk.consumed.update(members.asked_by_place(walk, node))
    walk.called.add(node.func)
    made = concurrency.special(walk, node, is_awaited=is_awaited)
    if made is None:
        made = mapping.mapped(walk, node)
    if made is not None:
        return made
    targets = list(walk.frame.activation.calls.get(node, ()))
    if _is_logging(walk, node, targets):
        arguments(walk, node)  # what is logged may change something on the way: `stack.pop()`
        return walk.terms.scalar("const:NoneType:None")
    active = [each for each in targets if walk.reaching.target(node, each)]
    if not active:
        return _plain(walk, node, targets)
    if not _is_followed(walk, node, active) or len(walk.blocks.blocks) > BLOCKS_MAX:
        return opaque(walk, node)
    if any(_is_unnamed(each) for each in active):
        return opaque(walk, node)
    if len(targets) == 1:
        return follow(walk, node, targets[0], is_awaited=is_awaited, is_kept=is_kept)
    return _dispatched(walk, node, targets, is_awaited=is_awaited)


_CONSUMERS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "dict", "sum"})
"""Builtins that take everything from a generator expression at once."""


def follow(
    walk: Walk, node: ast.Call, target: Target, *, is_awaited: bool, is_kept: bool = False
) -> int:
    """Draw one thing that a call may run."""
    match target:
        case Boundary():
            return asking.operation_at(walk, node, target, is_awaited=is_awaited)
        case Enter():
            return inlining.entered(walk, node, target, is_awaited=is_awaited, is_kept=is_kept)
    return opaque(walk, node)


def _is_followed(walk: Walk, node: ast.Call, active: Sequence[Target]) -> bool:
    """Whether a call itself runs what it reaches, not something outside that calls back."""
    if any(isinstance(each, Opaque | Use) for each in active):
        return False
    found = walk.frame.activation.values.get(node.func)
    if found is None:
        return True
    if all(isinstance(each, Boundary) and each.kind not in DURABLE for each in active):
        return True
    if any(isinstance(atom, External) and _runs_step(atom.name) for atom in found.atoms):
        return True
    return all(isinstance(atom, _FOLLOWED) for atom in found.atoms)


def _is_unnamed(target: Target) -> bool:
    """Whether a target runs because of what is done with the result, such as a `with`."""
    function = target.activation.function if isinstance(target, Enter) else None
    if function is None or function.name in ("__init__", "__call__", "__new__", "__post_init__"):
        return False
    return function.name.startswith("__") and function.name.endswith("__")


def _runs_step(name: str) -> bool:
    return name.rpartition(".")[2].removesuffix("_async") in ("run_step", "run_tx_step")


def _dispatched(walk: Walk, node: ast.Call, targets: Sequence[Target], *, is_awaited: bool) -> int:
    """A call that runs one of several things: a decision by what is called."""
    callee = walk.now(walk.value(node.func))
    variable = (walk.frame.number, f"*called{walk.fresh()}")
    ended = walk.draw("branch", node, text=one_line(node.func), value=callee)
    ends = []
    labelled = sorted(((_label(walk, each), each) for each in targets), key=lambda pair: pair[0])
    for label, target in labelled:
        walk.here = walk.blocks.block((ended, f"calls {label}"))
        if walk.reaching.target(node, target):
            walk.write(variable, follow(walk, node, target, is_awaited=is_awaited))
        else:
            walk.write(variable, _plain(walk, node, [target]))
        ends.append(walk.here)
    walk.meet(*ends)
    return walk.read(variable)


def _label(walk: Walk, target: Target) -> str:
    match target:
        case Boundary(kind=kind, function=function) if function is not None:
            return walk.globals.durable.get((kind, function), function.qualname)
        case Enter(activation=activation):
            return activation.name
        case Boundary() | Use():
            return target.name
    return "something else"


def opaque(walk: Walk, node: ast.Call) -> int:
    """Draw a call that nobody can follow and that may run operations."""
    callee = walk.now(walk.value(node.func))
    value = walk.terms.make("opaque", callee, *arguments(walk, node), *_digests(walk, node))
    ended = walk.draw("opaque", node, text=one_line(node), value=value)
    walk.change("opaque", value)
    inlining.disturb(walk, walk.frame.activation.calls.get(node, ()), value)
    return walk.operate(ended)


def _digests(walk: Walk, node: ast.Call) -> list[int]:
    """What is known of the code that a call may run."""
    targets = walk.frame.activation.calls.get(node, ())
    heads = entered(walk, node)
    heads |= {f"may run {_label(walk, each)}" for each in targets if isinstance(each, Boundary)}
    return [walk.terms.make(head) for head in sorted(heads)]


def arguments(walk: Walk, node: ast.Call, *, skip: int = 0, are_copied: bool = False) -> list[int]:
    """The arguments of a call as parts of a term; those by keyword in the order of the keywords.

    Operations are given copies; whoever else is called may keep or change what it is given.
    """

    def given(each: ast.expr) -> int:
        value = walk.value(each)
        return walk.now(value if are_copied else distinct(walk, each, value))

    parts = [given(each) for each in node.args[skip:]]
    named = [(each.arg or "**", given(each.value)) for each in node.keywords]
    if all(name != "**" for name, _ in named):
        named.sort(key=lambda pair: pair[0])
    return [*parts, *(walk.terms.make(f"{name}=", value) for name, value in named)]


def _is_logging(walk: Walk, node: ast.Call, targets: Sequence[Target]) -> bool:
    """Whether a call writes a log line and nothing else."""
    if any(isinstance(each, Use) and is_idle(each.name) for each in targets):
        return all(isinstance(each, Use) for each in targets)
    found = walk.frame.activation.values.get(node.func)
    atoms = () if found is None else found.atoms
    return bool(atoms) and all(isinstance(a, External) and is_idle(a.name) for a in atoms)


def _plain(walk: Walk, node: ast.Call, targets: Sequence[Target]) -> int:
    """A call that asks the runtime for nothing."""
    helpers = [each for each in targets if isinstance(each, Enter)]
    is_all = bool(helpers) and len(helpers) == len(targets)
    if is_all and not inlining.is_called_back(walk, node):
        return inlining.computed(walk, node, helpers)
    if is_all:
        inlining.counted(walk, node, helpers)  # what they change and raise; then what calls them
    if isinstance(node.func, ast.Attribute) and (is_all or not helpers):
        return _method(walk, node, node.func, targets)
    callee = walk.now(walk.value(node.func))
    parts = arguments(walk, node)
    value = walk.terms.make("call", callee, *parts, *_digests(walk, node), *special(walk, node))
    inlining.disturb(walk, targets, value)
    name = _external_name(walk, node, targets)
    may_change = not name or is_changing(name) or not _all_plain(walk, parts)
    if may_change and not effect_free(name):
        walk.change("call", value)
    return walk.risk(value)


def _all_plain(walk: Walk, parts: Sequence[int]) -> bool:
    """Whether arguments are numbers, texts and the like, also those by keyword."""
    plain, rows = walk.terms.plain, walk.terms.rows
    values = [
        inner
        for part in parts
        for inner in (rows[part].parts if rows[part].head.endswith("=") else (part,))
    ]
    return all(value in plain for value in values)


def _external_name(walk: Walk, node: ast.Call, targets: Sequence[Target]) -> str:
    """The qualified name of what a call runs outside the project; empty when it is not known."""
    names = {each.name for each in targets if isinstance(each, Use | Boundary)}
    found = walk.frame.activation.values.get(node.func)
    if found is not None:
        names |= {atom.name for atom in found.atoms if isinstance(atom, External)}
        names |= {
            f"made.{atom.owner.qualname}" for atom in found.atoms if isinstance(atom, ClassRef)
        }
    return names.pop() if len(names) == 1 else ""


def _method(walk: Walk, node: ast.Call, function: ast.Attribute, targets: Sequence[Target]) -> int:
    """A method of an object of no known class of the project."""
    holder = function.value
    name = _external_name(walk, node, targets)
    is_own = isinstance(holder, ast.Name) and holder.id in walk.frame.owned
    if is_own and function.attr in CHANGING and isinstance(holder, ast.Name):
        return _changed(walk, node, holder.id, function.attr)
    callee = walk.value(function)
    receiver = walk.terms.rows[callee].parts
    parts = arguments(walk, node)
    value = walk.terms.make("call", callee, *parts, *_digests(walk, node), *special(walk, node))
    inlining.disturb(walk, targets, value)
    is_plain = bool(receiver) and receiver[0] in walk.terms.plain
    if not is_plain and function.attr not in UNCHANGING and not effect_free(name):
        walk.change("call", value)
    return walk.risk(value)


def _changed(walk: Walk, node: ast.Call, name: str, method: str) -> int:
    """A method that changes a container which only this variable holds."""
    variable = walk.variable(name)
    assert variable is not None
    before = walk.read(variable)
    parts = [distinct(walk, each, walk.value(each)) for each in node.args]
    parts += [
        walk.terms.make(f"{each.arg or '**'}=", walk.value(each.value)) for each in node.keywords
    ]
    parts += _digests(walk, node)
    row = walk.terms.rows[before]
    if method == "append" and row.head == "list":
        after = walk.terms.make("list", *row.parts, *parts)
    else:
        after = walk.terms.make(f".{method}", before, *parts)
    walk.write(variable, after)
    return walk.terms.make("given", after)
