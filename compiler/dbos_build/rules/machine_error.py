"""machine-error: a workflow answers trouble of this machine with durable operations.

In: the analysed program. Out: the findings of DBS706. Never does: flag a handler around a step,
whose error is recorded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Enter, Use
from dbos_build.interpreter.values import NOTHING, External
from dbos_build.rules.coroutines import does_work
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, judged_in
from dbos_build.syntax import every, walk

_TROUBLE = frozenset(
    f"builtins.{name}"
    for name in (
        "OSError",
        "IOError",
        "EnvironmentError",
        "BlockingIOError",
        "ChildProcessError",
        "ConnectionError",
        "BrokenPipeError",
        "ConnectionAbortedError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "FileExistsError",
        "FileNotFoundError",
        "InterruptedError",
        "IsADirectoryError",
        "NotADirectoryError",
        "PermissionError",
        "ProcessLookupError",
        "TimeoutError",
        "MemoryError",
        "RecursionError",
    )
) | frozenset(
    {
        "asyncio.TimeoutError",
        "asyncio.exceptions.TimeoutError",
        "concurrent.futures.TimeoutError",
        "socket.timeout",
        "socket.error",
        "socket.gaierror",
    }
)

_ACTS = frozenset({"network", "client", "file", "process", "database", "input", "agent"})


_Guarded = tuple[str, list[ast.stmt]]
"""The error that a handler names, and the statements it stands by for."""


@per_activation(ast.Try, ast.TryStar)
def _handlers(activation: Activation) -> Iterator[tuple[ast.ExceptHandler, _Guarded]]:
    """The handlers of such errors in one function."""
    function = activation.function
    for node in every(function.node, ast.Try, ast.TryStar) if function is not None else ():
        for handler in node.handlers:
            name = _trouble(activation, handler.type)
            if name is not None:
                yield handler, (name, node.body)


def _judge(activation: Activation, handler: ast.ExceptHandler, guarded: _Guarded) -> str | None:
    """What is wrong with a handler, if it does something durable that no record decides.

    What else may fail there is a finding of its own; moving it to a step settles both.
    """
    name, body = guarded
    if not does_work(activation, handler.body) or does_work(activation, body):
        return None
    if _acts(activation, {part for each in body for part in walk(each)}, set()):
        return None
    return (
        f"{name} depends on the machine and the moment; a recovered run may not "
        "come here and misses these operations"
    )


def _acts(activation: Activation, nodes: set[ast.AST] | None, seen: set[Activation]) -> bool:
    """Whether some nodes of a function, or all of it, have an effect on the world."""
    seen.add(activation)
    for node, targets in activation.calls.items():
        if nodes is not None and node not in nodes:
            continue
        for target in targets:
            if isinstance(target, Use) and not _ACTS.isdisjoint(target.effects):
                return True
            entered = target.activation if isinstance(target, Enter) else None
            if entered is not None and entered not in seen and _acts(entered, None, seen):
                return True
    return False


def _trouble(activation: Activation, kind: ast.expr | None) -> str | None:
    """The first error of this kind that a handler names."""
    if kind is None:
        return None
    for part in kind.elts if isinstance(kind, ast.Tuple) else [kind]:
        for atom in activation.values.get(part, NOTHING).atoms:
            if isinstance(atom, External) and atom.name in _TROUBLE:
                return atom.name.removeprefix("builtins.")
    return None


RULE = Rule(
    code="DBS706",
    name="machine-error",
    severity=Severity.WARNING,
    summary="a workflow answers trouble of this machine with durable operations",
    why=(
        "Whether memory, the operating system or time runs out differs between runs, so a "
        "recovered run takes the other way and meets other steps."
    ),
    instead="Put the code that may fail into a step; its error is recorded and comes again.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def fall_back(count: int) -> str:
    return f"{count} is too many"


@DBOS.workflow()
def checkout(count: int) -> str:
    try:
        values = [0] * count
    except MemoryError:  # flags: DBS706
        return fall_back(count)
    return str(len(values))
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def build(count: int) -> str:
    return str(len([0] * count))


@DBOS.step()
def fall_back(count: int) -> str:
    return f"{count} is too many"


@DBOS.workflow()
def checkout(count: int) -> str:
    try:
        return build(count)
    except MemoryError:
        return fall_back(count)
""",
    ),
    check=judged_in("workflow", judge=_judge),
    looks=(_handlers,),
)
