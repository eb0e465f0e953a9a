"""Coroutines: how many durable operations the coroutine behind a value runs.

In: values and activations. Out: counts and participants of a gather. Never does: count beyond what
rules need: nothing, one, or several.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.interpreter.machine import Activation, Boundary, Enter, Target
from dbos_build.interpreter.values import NOTHING, Coroutine, External, Value, elements
from dbos_build.syntax import every, walk

SEVERAL = 2
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_UNRECORDED = frozenset(
    {"dbos.Queue", "dbos.DBOS", "dbos.SetWorkflowID", "dbos.SetWorkflowTimeout", "dbos.DBOSConfig"}
)


def is_durable(target: Target) -> bool:
    """Whether a target takes a place in the workflow's sequence of operations."""
    return isinstance(target, Boundary) and target.name not in _UNRECORDED


def operations(activation: Activation, seen: set[Activation] | None = None) -> int:
    """How many durable operations a run of an activation does: 0, 1, or `SEVERAL`.

    It depends on other functions, so it is kept with the engine, whose memo ends with any edit.
    """
    found: dict[Activation, int] = activation.returns.engine.memo.setdefault("operations", {})
    known = found.get(activation)
    if known is not None:
        return known
    if seen is None:
        visited: set[Activation] = set()
        count = _operations(activation, visited)
        found[activation] = count
        if count == 0:
            found.update(dict.fromkeys(visited, 0))
        return count
    return 0 if activation in seen else _operations(activation, seen)


def _operations(activation: Activation, seen: set[Activation]) -> int:
    """The same, on the way through functions that call each other."""
    seen.add(activation)
    repeated = repeated_nodes(activation)
    count = 0
    for node, targets in activation.calls.items():
        here = 0
        for target in targets:
            if is_durable(target):
                here = max(here, 1)
            elif isinstance(target, Enter):
                here = max(here, operations(target.activation, seen))
        count += here * (SEVERAL if node in repeated else 1)
        if count >= SEVERAL:
            return SEVERAL
    return count


def does_work(activation: Activation, body: Iterable[ast.AST]) -> bool:
    """Whether some statements or expressions of a function do anything durable."""
    for part in body:
        for node in walk(part):
            for target in activation.calls.get(node, ()):
                if is_durable(target):
                    return True
                if isinstance(target, Enter) and operations(target.activation):
                    return True
    return False


def repeated_nodes(activation: Activation) -> set[ast.AST]:
    """The nodes of a function that stand inside a loop or comprehension."""
    function = activation.function
    if function is None:
        return set()
    known: set[ast.AST] | None = activation.memo.get("repeated")
    if known is not None:
        return known
    found: set[ast.AST] = set()
    activation.memo["repeated"] = found
    for node in every(function.node, *_LOOPS, *_COMPREHENSIONS):
        if isinstance(node, _LOOPS):
            for statement in node.body:
                found.update(walk(statement))
        else:
            found.update(walk(node))
    return found


def work(atom: Coroutine) -> int:
    """How many durable operations awaiting a coroutine does."""
    if isinstance(atom.subject, Activation):
        return operations(atom.subject)
    return 1


def most_work(value: Value) -> int:
    """The most that any coroutine of a value does."""
    return max((work(a) for a in value.atoms if isinstance(a, Coroutine)), default=0)


def started_work(activation: Activation, node: ast.Call) -> int:
    """How many durable operations a task does that a group is given, as coroutine or function."""
    count = most_work(activation.values.get(node.args[0], NOTHING)) if node.args else 0
    for target in activation.calls.get(node, ()):
        if isinstance(target, Enter):
            count = max(count, operations(target.activation))
        elif is_durable(target):
            count = max(count, 1)
    return count


def participants(activation: Activation, node: ast.Call) -> list[int]:
    """The work of each coroutine handed to a gather; an unpacked iterable counts twice."""
    found: list[int] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = elements(activation.values.get(argument.value, NOTHING))
            found.extend([most_work(value)] * 2)
        else:
            found.append(most_work(activation.values.get(argument, NOTHING)))
    return found


def calls_of(activation: Activation, names: frozenset[str]) -> Iterator[ast.Call]:
    """The calls in an activation whose callee is one of these names outside the project."""
    known: dict[ast.Call, set[str]] | None = activation.memo.get("called outside")
    if known is None:
        known = activation.memo["called outside"] = _called_outside(activation)
    for node, callees in known.items():
        if not names.isdisjoint(callees):
            yield node


def _called_outside(activation: Activation) -> dict[ast.Call, set[str]]:
    """The calls of an activation with what each may call outside the project."""
    found: dict[ast.Call, set[str]] = {}
    values = activation.values
    for node in values:
        if isinstance(node, ast.Call):
            callee = values.get(node.func, NOTHING)
            names = {atom.name for atom in callee.atoms if isinstance(atom, External)}
            if names:
                found[node] = names
    return found


GATHER = frozenset({"asyncio.gather"})
TASKS = frozenset(
    {
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.Task",
        "asyncio.AbstractEventLoop.create_task",
        "asyncio.BaseEventLoop.create_task",
    }
)
GROUP_TASKS = frozenset(
    {
        "asyncio.TaskGroup.create_task",
        "anyio.abc.TaskGroup.start_soon",
        "trio.Nursery.start_soon",
    }
)
