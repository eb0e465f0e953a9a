"""Values and exceptions to text and back, type and all.

In: a Python value. Out: ``Encoded`` (text and the name of its codec), or the value again. The first
codec is ``json``: plain JSON, with ``{"$": tag, …}`` for what JSON lacks. What it cannot express
falls back to ``py_pickle``, marked as such, or is refused when ``allow_pickle`` is off.

Decoding ``json`` never runs stored code: classes are looked up by name, must be dataclasses, enums,
named tuples, pydantic models or exceptions, and are filled in without calling ``__init__``. With
``trusted=False`` (listing, command line) no class is looked up and no pickle is loaded; such parts
come back as ``Opaque``. Payloads of a serializer of the program are read where it was configured.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import hashlib
import json
import math
import pathlib
import pickle
import uuid
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dbos.error import DBOSSerializationError
from dbos.values import portable, reconstruct
from dbos.values.reconstruct import Opaque

__all__ = [
    "Encoded",
    "Opaque",
    "decode",
    "decode_error",
    "decode_inputs",
    "digest",
    "encode",
    "encode_error",
    "enter",
    "settled",
]

JSON = "json"
PICKLE = "py_pickle"
_BIG = 1 << 63
_SCALARS = frozenset((type(None), bool, int, str))
_OWN_TREES = frozenset((type(None), bool, str))
# What most steps take and answer needs no walk and no parser: half the CPU of a replayed step.
_CONSTANTS = {None: "null", True: "true", False: "false"}
_NAMED = {text: value for value, text in _CONSTANTS.items()}
# Without it a payload is plain JSON; inside of a text its quotes would have backslashes.
_TAG = '"$"'
# Made once: ``json.dumps`` makes one for each call that asks for other separators.
_text_of = json.JSONEncoder(separators=(",", ":")).encode
_entered: dict[str, Callable[[str], Any]] = {}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stored payload: its text and the codec that reads it."""

    text: str
    serialization: str


class _Unstorable(Exception):
    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(path)


def encode(value: object, *, what: str = "value", allow_pickle: bool = True) -> Encoded:
    """Encode a value. ``what`` names it in errors, such as ``result`` or ``args``.

    Raises ``DBOSSerializationError`` with the path to the offending part.
    """
    if type(value) is int and -_BIG < value < _BIG:
        return Encoded(str(value), JSON)
    if value is None or type(value) is bool:
        return Encoded(_CONSTANTS[value], JSON)
    try:
        return Encoded(_text_of(_tree(value, what)), JSON)
    except _Unstorable as refused:
        if not allow_pickle:
            raise DBOSSerializationError(
                refused.path, f"{refused.reason} (allow_pickle is off)"
            ) from None
        return _pickled(value, refused)
    except RecursionError:
        raise DBOSSerializationError(what, "it is nested too deeply") from None


def _pickled(value: object, refused: _Unstorable) -> Encoded:
    try:
        data = pickle.dumps(value)
    except Exception as error:
        raise DBOSSerializationError(refused.path, f"{refused.reason}: {error}") from error
    return Encoded(base64.b64encode(data).decode("ascii"), PICKLE)


def decode(text: str | None, serialization: str | None, *, trusted: bool = True) -> Any:
    """The value of a payload; None for a missing one.

    Raises ``DBOSSerializationError`` for a payload that is damaged or of an unknown codec.
    """
    if text is None:
        return None
    if serialization == PICKLE:
        if not trusted:
            return Opaque(PICKLE, f"{len(text)} characters")
        return _unpickled(text)
    if serialization == portable.NAME or serialization in _entered:
        return _other(text, serialization)
    if serialization not in (JSON, None):
        raise DBOSSerializationError("a payload", f"its codec {serialization!r} is not known here")
    if text in _NAMED:
        return _NAMED[text]
    try:
        tree = json.loads(text)
        return _value(tree, trusted) if _TAG in text else tree
    except DBOSSerializationError:
        raise
    except Exception as error:
        raise DBOSSerializationError("a payload", f"it is damaged ({error})") from error


def _other(text: str, serialization: str) -> Any:
    """A payload in a form that the program asked for: portable, or by a serializer of its own."""
    read = portable.value_of if serialization == portable.NAME else _entered[serialization]
    try:
        return read(text)
    except Exception as error:
        raise DBOSSerializationError("a payload", f"it is damaged ({error})") from error


def enter(name: str, read: Callable[[str], Any]) -> None:
    """Let this process read what the serializer ``name`` of the program has written."""
    _entered[name] = read


def decode_error(text: str | None, serialization: str | None, *, trusted: bool = True) -> Any:
    """Like ``decode``, for the error of a workflow, which a portable one stores as plain data."""
    if text is not None and serialization == portable.NAME:
        try:
            return portable.error_of(text)
        except ValueError as error:
            raise DBOSSerializationError("a payload", f"it is damaged ({error})") from error
    return decode(text, serialization, trusted=trusted)


def decode_inputs(text: str | None, serialization: str | None, *, trusted: bool = True) -> Any:
    """Like ``decode``, for the arguments of a workflow: ``args`` and ``kwargs``."""
    stored = decode(text, serialization, trusted=trusted)
    return portable.inputs_of(stored) if serialization == portable.NAME else stored


def _unpickled(text: str) -> Any:
    try:
        return pickle.loads(base64.b64decode(text))
    except Exception as error:
        raise DBOSSerializationError("a payload", f"it cannot be unpickled ({error})") from error


def settled(value: object, encoded: Encoded) -> Any:
    """The value that replay will see. Immutable plain values are their own copy."""
    kind = type(value)
    if kind in _SCALARS or kind is float or kind is bytes:
        return value
    return decode(encoded.text, encoded.serialization)


def plain(values: Iterable[object]) -> bool:
    """Whether all values are immutable and plain, so that they are their own copies."""
    return all(type(value) in _SCALARS or type(value) is float for value in values)


def encode_error(
    error: BaseException, *, allow_pickle: bool = True
) -> tuple[Encoded, BaseException]:
    """Encode an exception; answers it together with the exception that replay will raise.

    An exception of a class that cannot be found by name (one defined inside a function) is recorded
    as its nearest importable parent, and is itself raised on the first run.
    """
    encoded = encode(error, what=f"exception {type(error).__name__}", allow_pickle=False)
    if not reconstruct.importable(type(error)):
        return encoded, error
    try:
        copy = decode(encoded.text, encoded.serialization)
    except DBOSSerializationError:
        return encoded, error
    if not isinstance(copy, BaseException) or type(copy) is not type(error):
        return encoded, error
    return encoded, copy.with_traceback(error.__traceback__)


def digest(*values: object) -> str | None:
    """A short digest of arguments, equal whenever they are; None when they have no stable text."""
    try:
        text = _text_of(_tree(list(values), "args"))
    except (_Unstorable, RecursionError):
        return None
    return hashlib.blake2b(text.encode("ascii"), digest_size=12).hexdigest()


# ---------------------------------------------------------------------- value to JSON tree


def _tree(value: Any, path: str) -> Any:
    kind = type(value)
    if kind is int:
        return value if -_BIG < value < _BIG else {"$": "int", "v": hex(value)}
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
        item if type(item) in _OWN_TREES else _tree(item, f"{path}[{place}]")
        for place, item in enumerate(value)
    ]


def _sequence(tag: str) -> Callable[[Sequence[Any], str], Any]:
    def write(value: Sequence[Any], path: str) -> Any:
        return {"$": tag, "v": _list_tree(list(value), path)}

    return write


def _set(tag: str) -> Callable[[Any, str], Any]:
    def write(value: Any, path: str) -> Any:
        trees = [_tree(item, f"{path}.<member>") for item in value]
        # The order of a set differs from process to process; its text must not.
        return {"$": tag, "v": sorted(trees, key=lambda tree: json.dumps(tree, sort_keys=True))}

    return write


def _dict_tree(value: dict[Any, Any], path: str) -> Any:
    if "$" not in value and all(type(key) is str for key in value):
        return {
            key: item if type(item) in _OWN_TREES else _tree(item, _at(path, key))
            for key, item in value.items()
        }
    pairs = [
        [_tree(key, f"{path}.<key>"), _tree(item, _at(path, key))] for key, item in value.items()
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
        raise _Unstorable(path, f"a time zone of type {type(zone).__name__} has no stored form")
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
        raise _Unstorable(path, f"{kind.__qualname__} cannot be found by its name again")
    name = reconstruct.class_name(kind)
    if isinstance(value, enum.Enum):
        return {"$": "enum", "c": name, "v": value.name or _tree(value.value, path)}
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return {"$": "namedtuple", "c": name, "v": _list_tree(list(value), path)}
    if dataclasses.is_dataclass(value) and reconstruct.plain_state(kind):
        return {"$": "dataclass", "c": name, "v": _fields_tree(value, path)}
    if reconstruct.is_pydantic(kind):
        return {"$": "pydantic", "c": name, "v": _tree(value.__getstate__(), path)}
    raise _Unstorable(path, f"a {kind.__qualname__} has no data form")


def _fields_tree(value: Any, path: str) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(value) if hasattr(value, field.name)]
    extra = [name for name in getattr(value, "__dict__", {}) if name not in names]
    return {name: _tree(getattr(value, name), f"{path}.{name}") for name in (*names, *extra)}


def _error_tree(error: BaseException, path: str, depth: int = 0) -> Any:
    kind = reconstruct.nearest_importable(type(error))
    tree: dict[str, Any] = {"$": "error", "c": reconstruct.class_name(kind), "m": str(error)}
    args = error.args
    if isinstance(error, OSError) and error.filename is not None:
        args = (error.errno, error.strerror, error.filename)
    tree["a"] = [_error_part(item, f"{path}.args[{at}]") for at, item in enumerate(args)]
    state = {
        name: _error_part(item, f"{path}.{name}")
        for name, item in vars(error).items()
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


def _tree_dict(trees: dict[str, Any]) -> list[list[Any]]:
    return [[key, tree] for key, tree in trees.items()]


def _error_part(value: Any, path: str) -> Any:
    """An argument or attribute of an exception; what cannot be stored keeps its text."""
    try:
        return _tree(value, path)
    except _Unstorable:
        return {"$": "opaque", "c": type(value).__qualname__, "v": f"{value!r:.500}"}


# ---------------------------------------------------------------------- JSON tree to value


def _value(tree: Any, trusted: bool) -> Any:
    if isinstance(tree, list):
        return [_value(item, trusted) for item in tree]
    if not isinstance(tree, dict):
        return tree
    tag = tree.get("$")
    if tag is None:
        return {key: _value(item, trusted) for key, item in tree.items()}
    reader = _READERS.get(tag)
    if reader is None:
        raise DBOSSerializationError("a payload", f"its part {tag!r} is not known here")
    return reader(tree, trusted)


def _members(tree: Any, trusted: bool) -> list[Any]:
    return [_value(item, trusted) for item in tree["v"]]


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
            stored = {key: _value(item, trusted) for key, item in stored.items()}
        else:
            stored = _value(stored, trusted)
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
        args=[_value(item, trusted) for item in tree["a"]],
        state={key: _value(item, trusted) for key, item in tree.get("s", ())},
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
        _value(key, trusted): _value(item, trusted) for key, item in tree["v"]
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
