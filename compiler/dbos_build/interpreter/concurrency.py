"""Tasks, gathers and threads: what they give for the coroutines and functions handed to them.

In: calls of `asyncio` and its like. Out: their results; a coroutine ran when it was made, so only
its value is passed on. Never does: model an interleaving.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.machine import Arguments, Frame, Machine
from dbos_build.interpreter.outside import use
from dbos_build.interpreter.values import NOTHING, Value, awaited, elements, join_all, sequence

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
    used, _ = use(machine.knowledge, name, node, arguments, frame)
    frame.activation.record(node, used)
    both = sequence(
        "set", None, elements(arguments.positional[0] if arguments.positional else NOTHING)
    )
    return sequence("tuple", [both, both])


CONCURRENCY_MODELS: dict[str, Model] = {
    "asyncio.gather": _gather,
    "asyncio.to_thread": _in_thread,
    "anyio.to_thread.run_sync": _in_thread,
    "starlette.concurrency.run_in_threadpool": _in_thread,
    "asyncio.wait": _wait,
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
