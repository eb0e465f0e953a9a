"""Types whose values cannot be stored: open files, locks, connections, iterators, modules.

In: annotations, and names of types. Out: the part of an annotation that names such a type. Never
does: judge a class of the project.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Frame
from dbos_build.interpreter.values import External
from dbos_build.parsing import parse_expression
from dbos_build.reading.module import Module

_RUNNING = "Iterator AsyncIterator Generator AsyncGenerator Coroutine Awaitable"
_LOCKS = "Lock RLock Condition Event Semaphore BoundedSemaphore Barrier"
_NAMES = {
    "typing": f"IO TextIO BinaryIO {_RUNNING}",
    "collections.abc": _RUNNING,
    "io": "TextIOWrapper TextIOBase IOBase RawIOBase BufferedReader BufferedWriter FileIO",
    "threading": f"{_LOCKS} Thread Timer",
    "asyncio": f"{_LOCKS} Task Future Queue TaskGroup AbstractEventLoop",
    "multiprocessing": f"{_LOCKS} Process Queue Pool",
    "concurrent.futures": "Future Executor ThreadPoolExecutor ProcessPoolExecutor",
    "queue": "Queue LifoQueue PriorityQueue SimpleQueue",
    "socket": "socket",
    "types": "ModuleType GeneratorType CoroutineType FrameType TracebackType",
    "subprocess": "Popen",
    "sqlite3": "Connection Cursor",
    "psycopg": "Connection AsyncConnection Cursor AsyncCursor",
    "psycopg2": "connection cursor",
    "asyncpg": "Connection Pool",
    "sqlalchemy": "Engine Connection Session AsyncSession AsyncEngine AsyncConnection sessionmaker",
    "sqlmodel": "Session",
    "httpx": "Client AsyncClient",
    "requests": "Session",
    "aiohttp": "ClientSession",
    "redis": "Redis",
    "openai": "OpenAI AsyncOpenAI",
    "anthropic": "Anthropic AsyncAnthropic",
    "fastapi": "Request WebSocket",
    "starlette": "Request WebSocket",
}
_TYPES = {package: frozenset(names.split()) for package, names in _NAMES.items()}
_SKIPPED = frozenset({"Callable", "type", "Type", "Literal", "ClassVar"})


def cannot_be_stored(type_name: str) -> bool:
    """Whether objects of a type outside the project cannot be stored."""
    package, _, name = type_name.rpartition(".")
    if name in _TYPES.get(package, ()):
        return True
    return name in _TYPES.get(package.partition(".")[0], ()) and package.partition(".")[0] not in {
        "asyncio",
        "multiprocessing",
        "collections",
    }


def unstorable_part(engine: Engine, module: Module, annotation: ast.expr | None) -> str | None:
    """The name of a type in an annotation whose values cannot be stored."""

    def test(name: str, node: ast.expr) -> bool:
        return cannot_be_stored(name)

    return next((name for name, _ in named_types(engine, module, annotation, test)), None)


def named_types(
    engine: Engine,
    module: Module,
    annotation: ast.expr | None,
    test: Callable[[str, ast.expr], bool],
) -> Iterator[tuple[str, ast.expr]]:
    """The types outside the project that an annotation names and a test accepts."""
    frame = Frame(engine.module_activation(module), {})
    waiting = [annotation] if annotation is not None else []
    while waiting:
        node = waiting.pop(0)
        match node:
            case ast.Constant(value=str(text)):
                try:
                    waiting.append(parse_expression(text))
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    continue
            case ast.Subscript(value=holder, slice=inside):
                name = getattr(holder, "attr", getattr(holder, "id", ""))
                if name not in _SKIPPED:
                    waiting += [
                        holder,
                        *(inside.elts if isinstance(inside, ast.Tuple) else [inside]),
                    ]
            case ast.BinOp(left=left, right=right):
                waiting += [left, right]
            case ast.Name() | ast.Attribute():
                for atom in engine.evaluate(node, frame).atoms:
                    if isinstance(atom, External) and test(atom.name, node):
                        yield atom.name, node
