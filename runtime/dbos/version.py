"""The application version of a program without a registry: a hash over the code of its workflows.

In: the declared workflows. Out: ``s1-`` and 32 hex digits. Never changes with comments, formatting,
docstrings, file names or line endings; changes when a workflow, or a first-party function or
constant it uses, changes.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
import textwrap
import types
from collections.abc import Callable, Iterable
from typing import Any

from dbos.registry import Declared
from dbos.values import canonical

PREFIX = "s1-"
_PLAIN = (type(None), bool, int, float, str, bytes)


def source_version(workflows: Iterable[Declared]) -> str:
    """The version of these workflows."""
    hashing = hashlib.blake2b(digest_size=16)
    for declared in sorted(workflows, key=lambda one: one.name):
        hashing.update(declared.name.encode("utf-8", "surrogatepass") + b"\0")
        seen: dict[str, str] = {}
        _describe(declared.function, declared.function.__module__, seen)
        for name in sorted(seen):
            hashing.update(f"{name}={seen[name]}\0".encode("utf-8", "surrogatepass"))
    return PREFIX + hashing.hexdigest()


def _describe(function: Callable[..., Any], home: str, seen: dict[str, str]) -> None:
    pending: list[Callable[..., Any]] = [function]
    while pending:
        current = inspect.unwrap(pending.pop())
        key = f"{current.__module__}:{current.__qualname__}"
        if key in seen or not isinstance(current, types.FunctionType):
            continue
        seen[key] = _meaning(current)
        for name in sorted(_names(current.__code__)):
            found = current.__globals__.get(name)
            if isinstance(found, _PLAIN) and name in current.__globals__:
                seen[f"{current.__module__}:{name}"] = repr(found)
            elif isinstance(found, types.FunctionType) and _is_helper(found, home):
                pending.append(found)


def _is_helper(found: types.FunctionType, home: str) -> bool:
    """A plain function of the same top-level package. Steps count by name only: they may change."""
    if hasattr(found, "__dbos_step__") or hasattr(found, "__dbos_workflow__"):
        return False
    return found.__module__.partition(".")[0] == home.partition(".")[0]


def _names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names


def _meaning(function: types.FunctionType) -> str:
    """The canonical text of a function; its bytecode when the source is not to be had."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        tree = canonical.parsed(source).body[0]
    except (OSError, TypeError, SyntaxError, IndexError, ValueError):
        code = function.__code__
        python = ".".join(map(str, sys.version_info[:2]))
        return f"{python}:{code.co_code.hex()}:{code.co_names!r}"
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        tree.decorator_list = []
    return canonical.text(tree)
