"""Values and exceptions to text and back, type and all.

In: a Python value. Out: ``Encoded`` (text and the name of its codec), or the value again. The first
codec is ``json``: plain JSON, with ``{"$": tag, …}`` for what JSON lacks. What it cannot express
falls back to ``py_pickle``, marked as such, or is refused when ``allow_pickle`` is off.

Decoding ``json`` never runs stored code: classes are looked up by name, must be dataclasses, enums,
named tuples, pydantic models or exceptions, and are filled in without calling ``__init__``. With
``trusted=False`` (listing, command line) no module is imported and no pickle is loaded; such parts
come back as ``Opaque``. Payloads of a serializer of the program are read where it was configured.
"""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dbos.error import DBOSSerializationError, spelled, unreadable
from dbos.values import portable, reconstruct
from dbos.values.reading import value_of
from dbos.values.reconstruct import Opaque
from dbos.values.trees import BIG, Unstorable, bare_error_tree, tree_of

__all__ = [
    "Encoded",
    "Opaque",
    "comparable",
    "decode",
    "decode_error",
    "decode_inputs",
    "digest",
    "encode",
    "encode_error",
    "enter",
    "open_pickles",
    "plain",
    "settled",
]

JSON = "json"
PICKLE = "py_pickle"
_SCALARS = frozenset((type(None), bool, int, str))
# What most steps take and answer needs no walk and no parser: half the CPU of a replayed step.
_CONSTANTS = {None: "null", True: "true", False: "false"}
_NAMED = {text: value for value, text in _CONSTANTS.items()}
# Without it a payload is plain JSON; inside of a text its quotes would have backslashes.
_TAG = '"$"'
# How a part begins that only its description is left of.
_OPAQUE = '{"$":"opaque"'
# Made once: ``json.dumps`` makes one for each call that asks for other separators.
_text_of = json.JSONEncoder(separators=(",", ":")).encode
_entered: dict[str, Callable[[str], Any]] = {}
_opens_pickles = True


@dataclass(frozen=True, slots=True)
class Encoded:
    """A stored payload: its text and the codec that reads it."""

    text: str
    serialization: str


def encode(value: object, *, what: str = "value", allow_pickle: bool = True) -> Encoded:
    """Encode a value. ``what`` names it in errors, such as ``result`` or ``args``.

    Raises ``DBOSSerializationError`` with the path to the offending part.
    """
    if type(value) is int and -BIG < value < BIG:
        return Encoded(str(value), JSON)
    if value is None or type(value) is bool:
        return Encoded(_CONSTANTS[value], JSON)
    try:
        return Encoded(_text_of(tree_of(value, what)), JSON)
    except RecursionError:
        raise DBOSSerializationError(what, "it is nested too deeply") from None
    except Exception as error:
        refused = _refusal(error, what)
        if not allow_pickle:
            raise DBOSSerializationError(
                refused.path, f"{refused.reason} (allow_pickle is off)"
            ) from None
        return _pickled(value, refused)


def _refusal(error: Exception, what: str) -> Unstorable:
    """Why there is no text: we have none for a part, or code of the program failed at giving it."""
    if isinstance(error, Unstorable):
        return error
    return Unstorable(what, f"a part of it fails with {type(error).__name__}: {spelled(error)}")


def _pickled(value: object, refused: Unstorable) -> Encoded:
    try:
        data = pickle.dumps(value)
    except Exception as error:
        raise DBOSSerializationError(refused.path, f"{refused.reason}: {spelled(error)}") from error
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
        if not _opens_pickles:
            raise unreadable("it is a pickle (allow_pickle is off)")
        return _unpickled(text)
    if serialization == portable.NAME or serialization in _entered:
        return _other(text, serialization)
    if serialization not in (JSON, None):
        raise unreadable(f"its codec {serialization!r} is not known here")
    if text in _NAMED:
        return _NAMED[text]
    try:
        tree = json.loads(text)
        return value_of(tree, trusted) if _TAG in text else tree
    except DBOSSerializationError:
        raise
    except Exception as error:
        raise unreadable(f"it is damaged ({error})") from error


def _other(text: str, serialization: str) -> Any:
    """A payload in a form that the program asked for: portable, or by a serializer of its own."""
    read = portable.value_of if serialization == portable.NAME else _entered[serialization]
    try:
        return read(text)
    except Exception as error:
        raise unreadable(f"it is damaged ({error})") from error


def open_pickles(allowed: bool) -> None:
    """Whether this process opens pickles, which may run whatever their writer wanted."""
    global _opens_pickles
    _opens_pickles = allowed


def enter(name: str, read: Callable[[str], Any]) -> None:
    """Let this process read what the serializer ``name`` of the program has written."""
    _entered[name] = read


def decode_error(text: str | None, serialization: str | None, *, trusted: bool = True) -> Any:
    """Like ``decode``, for the error of a workflow, which a portable one stores as plain data."""
    if text is not None and serialization == portable.NAME:
        try:
            return portable.error_of(text)
        except ValueError as error:
            raise unreadable(f"it is damaged ({error})") from error
    return decode(text, serialization, trusted=trusted)


def decode_inputs(text: str | None, serialization: str | None, *, trusted: bool = True) -> Any:
    """Like ``decode``, for the arguments of a workflow: ``args`` and ``kwargs``."""
    stored = decode(text, serialization, trusted=trusted)
    return portable.inputs_of(stored) if serialization == portable.NAME else stored


def _unpickled(text: str) -> Any:
    try:
        return pickle.loads(base64.b64decode(text))
    except Exception as error:
        raise unreadable(f"it cannot be unpickled ({error})") from error


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
    as its nearest importable parent, and is itself raised on the first run. Of one that cannot be
    told in full (it holds itself, its own code fails) the class and the message are recorded.
    """
    try:
        encoded = encode(error, what=f"exception {type(error).__name__}", allow_pickle=False)
    except DBOSSerializationError:
        encoded = Encoded(_text_of(bare_error_tree(error)), JSON)
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
        text = _text_of(tree_of(list(values), "args"))
    except Exception:  # what cannot be stored, or code of the program that fails
        return None
    if _OPAQUE in text:
        return None
    return hashlib.blake2b(text.encode("ascii"), digest_size=12).hexdigest()


def comparable(value: object, encoded: Encoded) -> object:
    """What ``digest`` shall see of a value that is encoded already: its text, where that is stable.

    A pickle differs with what else is in memory, and a serializer of the program may encrypt.
    """
    is_stable = encoded.serialization in (JSON, portable.NAME) and _OPAQUE not in encoded.text
    return encoded.text if is_stable else value
