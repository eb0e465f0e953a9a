"""Values as trees of what JSON has, with ``{"$": tag, …}`` for what JSON lacks.

In: a Python value. Out: lists, dicts, texts and numbers. Never guesses: what has no form here
raises ``Unstorable`` with the path to it; only of exceptions, a part keeps its description then.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import json
import math
import pathlib
import uuid
import zoneinfo
from collections.abc import Callable, Sequence
from typing import Any

from dbos.error import spelled
from dbos.values import reconstruct

# Numbers from here on are texts: not every reader of JSON has them.
BIG = 1 << 63
_OWN_TREES = frozenset((type(None), bool, str))


class Unstorable(Exception):
    """A part of a value has no tree; ``path`` leads to it."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(path)


def tree_of(value: Any, path: str) -> Any:
    """The tree of a value; ``path`` leads to it in errors. Raises ``Unstorable``."""
    kind = type(value)
    if kind is int:
        return value if -BIG < value < BIG else {"$": "int", "v": hex(value)}
    if kind in _OWN_TREES:
        return value
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value, path)
    return _object_tree(value, path)


def _float_tree(value: float, path: str) -> Any:
    return value if math.isfinite(value) else {"$": "float", "v": repr(value)}


def _list_tree(value: list[Any], path: str) -> Any:
    return [
        item if type(item) in _OWN_TREES else tree_of(item, f"{path}[{place}]")
        for place, item in enumerate(value)
    ]


def _sequence(tag: str) -> Callable[[Sequence[Any], str], Any]:
    def write(value: Sequence[Any], path: str) -> Any:
        return {"$": tag, "v": _list_tree(list(value), path)}

    return write


def _set(tag: str) -> Callable[[Any, str], Any]:
    def write(value: Any, path: str) -> Any:
        trees = [tree_of(item, f"{path}.<member>") for item in value]
        # The order of a set differs from process to process; its text must not.
        return {"$": tag, "v": sorted(trees, key=lambda tree: json.dumps(tree, sort_keys=True))}

    return write


def _dict_tree(value: dict[Any, Any], path: str) -> Any:
    if "$" not in value and all(type(key) is str for key in value):
        return {
            key: item if type(item) in _OWN_TREES else tree_of(item, _at(path, key))
            for key, item in value.items()
        }
    pairs = [
        [tree_of(key, f"{path}.<key>"), tree_of(item, _at(path, key))]
        for key, item in value.items()
    ]
    return {"$": "dict", "v": pairs}


def _at(path: str, key: object) -> str:
    if isinstance(key, str) and key.isidentifier():
        return f"{path}.{key}"
    return f"{path}[{key!r:.40}]"


def _text(tag: str, write: Callable[[Any], str]) -> Callable[[Any, str], Any]:
    return lambda value, path: {"$": tag, "v": write(value)}


def _moment(value: Any, path: str) -> Any:
    tag = type(value).__name__
    tree: dict[str, Any] = {"$": tag, "v": value.replace(tzinfo=None).isoformat()}
    if value.fold:
        tree["fold"] = value.fold
    zone = value.tzinfo
    if zone is None:
        return tree
    if isinstance(zone, zoneinfo.ZoneInfo) and zone.key:
        tree["zone"] = zone.key
    elif type(zone) is datetime.timezone:
        offset = zone.utcoffset(None)
        tree["offset"] = [offset.days, offset.seconds, offset.microseconds]
    else:
        raise Unstorable(path, f"a time zone of type {type(zone).__name__} has no stored form")
    return tree


def _delta(value: datetime.timedelta, path: str) -> Any:
    return {"$": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


_WRITERS: dict[type, Callable[[Any, str], Any]] = {
    float: _float_tree,
    list: _list_tree,
    dict: _dict_tree,
    tuple: _sequence("tuple"),
    set: _set("set"),
    frozenset: _set("frozenset"),
    bytes: _text("bytes", lambda value: base64.b64encode(value).decode("ascii")),
    bytearray: _text("bytearray", lambda value: base64.b64encode(value).decode("ascii")),
    complex: lambda value, path: {"$": "complex", "v": [repr(value.real), repr(value.imag)]},
    datetime.datetime: _moment,
    datetime.time: _moment,
    datetime.date: _text("date", datetime.date.isoformat),
    datetime.timedelta: _delta,
    decimal.Decimal: _text("decimal", str),
    uuid.UUID: _text("uuid", str),
    pathlib.PosixPath: _text("path", str),
    pathlib.WindowsPath: _text("path", str),
    pathlib.PurePosixPath: _text("purepath", str),
}


def _object_tree(value: Any, path: str) -> Any:
    kind = type(value)
    if isinstance(value, BaseException):
        return _error_tree(value, path)
    if not reconstruct.importable(kind):
        raise Unstorable(path, f"{kind.__qualname__} cannot be found by its name again")
    name = reconstruct.class_name(kind)
    if isinstance(value, enum.Enum):
        return {"$": "enum", "c": name, "v": value.name or tree_of(value.value, path)}
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return {"$": "namedtuple", "c": name, "v": _list_tree(list(value), path)}
    if dataclasses.is_dataclass(value) and reconstruct.plain_state(kind):
        return {"$": "dataclass", "c": name, "v": _fields_tree(value, path)}
    if reconstruct.is_pydantic(kind):
        return {"$": "pydantic", "c": name, "v": tree_of(value.__getstate__(), path)}
    raise Unstorable(path, f"a {kind.__qualname__} has no data form")


def _fields_tree(value: Any, path: str) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(value) if hasattr(value, field.name)]
    extra = [name for name in getattr(value, "__dict__", {}) if name not in names]
    return {name: tree_of(getattr(value, name), f"{path}.{name}") for name in (*names, *extra)}


def _error_tree(error: BaseException, path: str, depth: int = 0) -> Any:
    tree = bare_error_tree(error)
    args = error.args
    if isinstance(error, OSError) and error.filename is not None:
        args = (error.errno, error.strerror, error.filename)
    tree["a"] = [_error_part(item, f"{path}.args[{at}]") for at, item in enumerate(args)]
    if reconstruct.is_validation_error(type(error)):
        tree["a"] = _validation_parts(error, path)
    state = {
        name: _error_part(item, f"{path}.{name}")
        for name, item in reconstruct.state_of(error).items()
        if name != "__notes__"
    }
    if state:
        tree["s"] = _tree_dict(state)
    notes = getattr(error, "__notes__", None)
    if notes:
        tree["n"] = [str(note) for note in notes]
    if isinstance(error, BaseExceptionGroup) and depth < 20:
        tree["g"] = [_error_tree(inner, path, depth + 1) for inner in error.exceptions]
        tree["a"] = [error.message]
    if error.__cause__ is not None and depth < 20:
        tree["cause"] = _error_tree(error.__cause__, f"{path}.__cause__", depth + 1)
    return tree


def _validation_parts(error: Any, path: str) -> list[Any]:
    """The title of an error of pydantic and what is wrong, each with the input as far as it can."""
    return [
        error.title,
        [
            {name: _error_part(item, f"{path}.{name}") for name, item in told.items()}
            for told in error.errors(include_url=False)
        ],
    ]


def bare_error_tree(error: BaseException) -> dict[str, Any]:
    """An exception without anything that belongs to it: what can always be told."""
    kind = reconstruct.nearest_importable(type(error))
    message = spelled(error)
    return {"$": "error", "c": reconstruct.class_name(kind), "m": message, "a": [message]}


def _tree_dict(trees: dict[str, Any]) -> list[list[Any]]:
    return [[key, tree] for key, tree in trees.items()]


def _error_part(value: Any, path: str) -> Any:
    """An argument or attribute of an exception; what cannot be stored keeps its text."""
    try:
        return tree_of(value, path)
    except RecursionError:
        raise
    except Exception:  # what cannot be stored, or code of the program that fails
        return {"$": "opaque", "c": type(value).__qualname__, "v": spelled(value, repr)[:500]}
