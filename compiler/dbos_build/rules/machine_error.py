"""machine-error: a workflow answers trouble of this machine with durable operations.

In: the analysed program. Out: the findings of DBS706. Never does: flag a handler around a step,
whose error is recorded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Enter, Use
from dbos_build.interpreter.values import NOTHING, External
from dbos_build.rules.coroutines import does_work
from dbos_build.rules.rule import Rule, places_within
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


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Handlers of such errors that do something durable."""
    return places_within(rule, program, ("workflow",), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """The handlers of one function."""
    activation = item.activation
    function = activation.function
    for node in every(function.node, ast.Try, ast.TryStar) if function is not None else ():
        if does_work(activation, node.body):
            continue
        if _acts(activation, {part for each in node.body for part in walk(each)}, set()):
            # What may fail there is a finding of its own; moving it to a step settles both.
            continue
        for handler in node.handlers:
            name = _trouble(activation, handler.type)
            if name is not None and does_work(activation, handler.body):
                message = (
                    f"{name} depends on the machine and the moment; a recovered run may not "
                    "come here and misses these operations"
                )
                yield handler, message


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
    check=check,
)
