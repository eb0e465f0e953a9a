"""Trees of JSON as the values they were made of.

In: what ``trees`` made. Out: values. Never runs stored code: see ``reconstruct``. With
``trusted=False`` no class is looked up whose module is not loaded; such parts are ``Opaque``.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import pathlib
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from dbos.error import unreadable
from dbos.values import reconstruct
from dbos.values.reconstruct import Opaque


def value_of(tree: Any, trusted: bool) -> Any:
    """The value of a tree. Raises ``DBOSSerializationError`` for a part that is not known."""
    if isinstance(tree, list):
        return [value_of(item, trusted) for item in tree]
    if not isinstance(tree, dict):
        return tree
    tag = tree.get("$")
    if tag is None:
        return {key: value_of(item, trusted) for key, item in tree.items()}
    reader = _READERS.get(tag)
    if reader is None:
        raise unreadable(f"its part {tag!r} is not known here")
    return reader(tree, trusted)


def _members(tree: Any, trusted: bool) -> list[Any]:
    return [value_of(item, trusted) for item in tree["v"]]


def _read_moment(kind: Any) -> Callable[[Any, bool], Any]:
    def read(tree: Any, trusted: bool) -> Any:
        moment = kind.fromisoformat(tree["v"])
        zone: datetime.tzinfo | None = None
        if "zone" in tree:
            zone = zoneinfo.ZoneInfo(tree["zone"])
        elif "offset" in tree:
            days, seconds, microseconds = tree["offset"]
            offset = datetime.timedelta(days, seconds, microseconds)
            zone = datetime.timezone(offset) if offset else datetime.UTC
        return moment.replace(tzinfo=zone, fold=tree.get("fold", 0))

    return read


def _of_class(build: Callable[[type, Any], Any]) -> Callable[[Any, bool], Any]:
    def read(tree: Any, trusted: bool) -> Any:
        stored = tree["v"]
        if tree["$"] == "namedtuple":
            stored = _members(tree, trusted)
        elif tree["$"] == "dataclass":
            stored = {key: value_of(item, trusted) for key, item in stored.items()}
        else:
            stored = value_of(stored, trusted)
        if not trusted and not reconstruct.loaded(tree["c"]):
            return Opaque(tree["c"], stored)
        return build(reconstruct.find_class(tree["c"]), stored)

    return read


def _read_error(tree: Any, trusted: bool) -> Any:
    inner = [_read_error(part, trusted) for part in tree.get("g", ())]
    cause = _read_error(tree["cause"], trusted) if "cause" in tree else None
    return reconstruct.build_error(
        name=tree["c"],
        message=tree["m"],
        args=[value_of(item, trusted) for item in tree["a"]],
        state={key: value_of(item, trusted) for key, item in tree.get("s", ())},
        notes=tree.get("n", ()),
        inner=inner,
        cause=cause,
        trusted=trusted,
    )


_READERS: dict[str, Callable[[Any, bool], Any]] = {
    "int": lambda tree, trusted: int(tree["v"], 16),
    "float": lambda tree, trusted: float(tree["v"]),
    "complex": lambda tree, trusted: complex(float(tree["v"][0]), float(tree["v"][1])),
    "tuple": lambda tree, trusted: tuple(_members(tree, trusted)),
    "set": lambda tree, trusted: set(_members(tree, trusted)),
    "frozenset": lambda tree, trusted: frozenset(_members(tree, trusted)),
    "dict": lambda tree, trusted: {
        value_of(key, trusted): value_of(item, trusted) for key, item in tree["v"]
    },
    "bytes": lambda tree, trusted: base64.b64decode(tree["v"]),
    "bytearray": lambda tree, trusted: bytearray(base64.b64decode(tree["v"])),
    "datetime": _read_moment(datetime.datetime),
    "time": _read_moment(datetime.time),
    "date": lambda tree, trusted: datetime.date.fromisoformat(tree["v"]),
    "timedelta": lambda tree, trusted: datetime.timedelta(*tree["v"]),
    "decimal": lambda tree, trusted: decimal.Decimal(tree["v"]),
    "uuid": lambda tree, trusted: uuid.UUID(tree["v"]),
    "path": lambda tree, trusted: pathlib.Path(tree["v"]),
    "purepath": lambda tree, trusted: pathlib.PurePosixPath(tree["v"]),
    "enum": _of_class(reconstruct.build_enum),
    "namedtuple": _of_class(reconstruct.build_named_tuple),
    "dataclass": _of_class(reconstruct.build_dataclass),
    "pydantic": _of_class(reconstruct.build_pydantic),
    "opaque": lambda tree, trusted: Opaque(tree["c"], tree["v"]),
    "error": _read_error,
}
