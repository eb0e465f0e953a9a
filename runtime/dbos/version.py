"""The application version of a program without a registry: a hash over the code of its workflows.

In: the declared workflows. Out: ``s1-`` and 32 hex digits. Never changes with comments, formatting,
docstrings, file names or line endings; changes when a workflow changes, or a first-party function,
method or constant that it uses, be it of a module or of a class.
"""

from __future__ import annotations

import ast
import enum
import functools
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
# the version of every program that changes its workflows by patches only
PATCHED = "PATCHING_ENABLED"
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
    pending: list[tuple[Any, type | None]] = [(function, _class_of(function))]
    while pending:
        given, owner = pending.pop()
        current = inspect.unwrap(given)
        key = f"{current.__module__}:{current.__qualname__}"
        if key in seen or not isinstance(current, types.FunctionType):
            continue
        seen[key] = _meaning(current)
        names = _names(current.__code__)
        owners = [] if owner is None else [owner]
        for name in sorted(names & current.__globals__.keys()):
            found = current.__globals__[name]
            if isinstance(found, _PLAIN):
                seen[f"{current.__module__}:{name}"] = repr(found)
            elif isinstance(found, types.FunctionType):
                if _is_helper(found, home):
                    pending.append((found, None))
            else:
                owners.append(found if isinstance(found, type) else type(found))
        for kind in owners:
            pending += [(member, kind) for member in _members(kind, names, home, seen)]


def _class_of(function: Callable[..., Any]) -> type | None:
    """The class at the top of a module, or inside of one there, that a method belongs to."""
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split(".")[:-1]:
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


def _members(
    kind: type, names: set[str], home: str, seen: dict[str, str]
) -> list[types.FunctionType]:
    """The functions of a first-party class that code with these names may run.

    Its constants of these names are entered into ``seen``. What syntax runs, such as ``__init__``,
    counts under any name; what decorators have generated, as in dataclasses, does not.
    """
    functions: list[types.FunctionType] = []
    for base in kind.__mro__:
        if not _is_first_party(base, home):
            continue
        for name, value in vars(base).items():
            is_special = name.startswith("__") and name.endswith("__")
            if name not in names and not is_special:
                continue
            function = _function_of(value)
            constant = value.value if isinstance(value, enum.Enum) else value
            if function is None:
                if isinstance(constant, _PLAIN) and not is_special:
                    seen[f"{base.__module__}:{base.__qualname__}.{name}"] = repr(constant)
            elif _is_helper(function, home) and not function.__code__.co_filename.startswith("<"):
                functions.append(function)
    return functions


def _function_of(member: object) -> types.FunctionType | None:
    """The function behind a method, a property or a cached property."""
    if isinstance(member, classmethod | staticmethod):
        member = member.__func__
    elif isinstance(member, property):
        member = member.fget
    elif isinstance(member, functools.cached_property):
        member = member.func
    return member if isinstance(member, types.FunctionType) else None


def _is_first_party(found: Any, home: str) -> bool:
    return str(found.__module__).partition(".")[0] == home.partition(".")[0]


def _is_helper(found: types.FunctionType, home: str) -> bool:
    """A plain function of the same top-level package. Steps count by name only: they may change."""
    if hasattr(found, "__dbos_step__") or hasattr(found, "__dbos_workflow__"):
        return False
    return _is_first_party(found, home)


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
