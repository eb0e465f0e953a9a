"""Tasks, gathers and threads: what they give for the coroutines and functions handed to them.

In: calls of `asyncio` and its like. Out: their results; a coroutine ran when it was made, so only
its value is passed on. Never does: model an interleaving.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.machine import Arguments, Frame, Machine
from dbos_build.interpreter.outside import use
from dbos_build.interpreter.values import (
    NESTING_MAX,
    NOTHING,
    ExternalInstance,
    Taint,
    Value,
    awaited,
    depth,
    elements,
    join_all,
    of,
    sequence,
    unknown,
)

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]


def _gather(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`asyncio.gather(a(), b())`: the results, in order."""
    if arguments.star is not None:
        everything = join_all(arguments.positional).join(arguments.star)
        return sequence("list", None, awaited(everything))
    return sequence("list", [awaited(value) for value in arguments.positional])


def _in_thread(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`asyncio.to_thread(f, x)`: f runs with the other arguments."""
    if not arguments.positional:
        return None
    return machine.call(node, arguments.positional[0], arguments.handed_on(), frame)


def _run(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`asyncio.run(coroutine)`: the coroutine's result; its body ran when it was made."""
    first = arguments.positional[0] if arguments.positional else NOTHING
    return awaited(first) if first.atoms else None


def _task(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`create_task(coroutine)`: something to await, like the coroutine itself."""
    first = arguments.positional[0] if arguments.positional else NOTHING
    return first if first.atoms else None


def _wait(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`asyncio.wait(tasks)`: two sets of them."""
    _note(machine, node, name, arguments, frame)
    both = sequence(
        "set", None, elements(arguments.positional[0] if arguments.positional else NOTHING)
    )
    return sequence("tuple", [both, both])


def _in_executor(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`loop.run_in_executor(pool, f, x)`: to be awaited, what f gives for the other arguments."""
    _note(machine, node, name, arguments, frame)
    function = arguments.get("func", 1)
    if function is None:
        return None
    passed = Arguments(arguments.positional[2:], {}, arguments.star, arguments.double_star)
    return machine.call(node, function, passed, frame)


def _submit(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`pool.submit(f, x)`: a future that holds what f gives."""
    _note(machine, node, name, arguments, frame)
    if not arguments.positional:
        return None
    given = machine.call(node, arguments.positional[0], arguments.handed_on(), frame)
    held = given if depth(given) < NESTING_MAX else unknown("nested data")
    return of(ExternalInstance("concurrent.futures.Future", held)).tainted(given.taints)


def _map_in_pool(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`pool.map(f, xs)`: what f gives for the elements."""
    _note(machine, node, name, arguments, frame)
    if not arguments.positional:
        return None
    passed = [elements(value) for value in arguments.positional[1:]]
    given = machine.call(node, arguments.positional[0], Arguments(passed), frame)
    return sequence("iterator", None, given)


def _as_completed(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`as_completed(tasks)`: the tasks, in whichever order they end."""
    taint = _note(machine, node, name, arguments, frame)
    first = arguments.positional[0] if arguments.positional else NOTHING
    element = elements(first).tainted(taint)
    return sequence("iterator", None, element) if element.atoms else None


def _note(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> frozenset[Taint]:
    """Record what the table says of a call; gives what its result differs by."""
    used, _ = use(machine.knowledge, name, node, arguments, frame)
    frame.activation.record(node, used)
    return frozenset((used.taint,)) if used.taint is not None else frozenset()


_TO_THREAD = (
    "asyncio.to_thread",
    "anyio.to_thread.run_sync",
    "starlette.concurrency.run_in_threadpool",
)
_LOOPS = ("AbstractEventLoop", "BaseEventLoop", "EventLoop", "SelectorEventLoop")
_IN_EXECUTOR = tuple(f"asyncio.{loop}.run_in_executor" for loop in _LOOPS)
_POOLS = ("Executor", "InterpreterPoolExecutor", "ProcessPoolExecutor", "ThreadPoolExecutor")

IN_THREAD = frozenset((*_TO_THREAD, *_IN_EXECUTOR))
"""Functions that run what they are handed in a thread, and are awaited meanwhile."""

CONCURRENCY_MODELS: dict[str, Model] = {
    "asyncio.gather": _gather,
    "asyncio.wait": _wait,
    "concurrent.futures.as_completed": _as_completed,
    **dict.fromkeys(_TO_THREAD, _in_thread),
    **dict.fromkeys(_IN_EXECUTOR, _in_executor),
    **dict.fromkeys((f"concurrent.futures.{pool}.submit" for pool in _POOLS), _submit),
    **dict.fromkeys((f"concurrent.futures.{pool}.map" for pool in _POOLS), _map_in_pool),
    **dict.fromkeys(
        (
            "asyncio.run",
            "builtins.aiter",
            "anyio.run",
            "asyncio.AbstractEventLoop.run_until_complete",
            "asyncio.BaseEventLoop.run_until_complete",
            "asyncio.Runner.run",
        ),
        _run,
    ),
    **dict.fromkeys(
        (
            "asyncio.ensure_future",
            "asyncio.shield",
            "asyncio.create_task",
            "asyncio.Task",
            "asyncio.TaskGroup.create_task",
            "asyncio.AbstractEventLoop.create_task",
            "asyncio.BaseEventLoop.create_task",
        ),
        _task,
    ),
}
