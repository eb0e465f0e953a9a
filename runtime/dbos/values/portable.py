"""The portable form: plain JSON that other languages and SQL can read and write.

In: a value. Out: compact JSON text, and the value again as JSON has it: tuples and sets are lists
then, times and decimals are texts. Never emits what is no JSON, and never looks a class up: an
exception comes back as ``PortableWorkflowError``.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
from typing import Any

from dbos.error import (
    DBOSException,
    DBOSNotPortableError,
    PortableWorkflowError,
    spelled,
)

NAME = "portable_json"
_POSITIONAL, _NAMED = "positionalArgs", "namedArgs"


def text_of(value: object, what: str) -> str:
    """The JSON text of a value. Raises ``DBOSNotPortableError`` with the path to what it lacks."""
    try:
        return _text(_tree(value, what))
    except RecursionError:
        raise DBOSNotPortableError(what, "it is nested too deeply") from None


def _text(tree: object) -> str:
    """Readable JSON; only where the encoding of databases lacks a character, escapes."""
    text = json.dumps(tree, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(tree, separators=(",", ":"), allow_nan=False)
    return text


def value_of(text: str) -> Any:
    """The value of a JSON text."""
    return json.loads(text)


def inputs_text(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The arguments of a workflow, in the shape that all languages use."""
    named = {key: _tree(item, f"inputs.kwargs.{key}") for key, item in kwargs.items()}
    positional = [_tree(item, f"inputs.args[{place}]") for place, item in enumerate(args)]
    return text_of({_NAMED: named, _POSITIONAL: positional}, "inputs")


def inputs_of(stored: object) -> dict[str, Any]:
    """Stored arguments as ``{"args": […], "kwargs": {…}}``, whatever their shape."""
    if isinstance(stored, dict) and "args" not in stored:
        return {"args": stored.get(_POSITIONAL) or [], "kwargs": stored.get(_NAMED) or {}}
    if isinstance(stored, dict):
        return stored
    raise ValueError("the arguments are not stored as such")


def error_text(error: BaseException) -> str:
    """An exception for all languages: its name, its message, and a code and data if it has them."""
    if isinstance(error, PortableWorkflowError):
        told: dict[str, Any] = dict(error.to_error_data())
        told["data"] = _tree(error.data, "data")
        told["code"] = _tree(error.code, "code")
    else:
        code = error.dbos_error_code if isinstance(error, DBOSException) else None
        told = {"name": type(error).__name__, "message": spelled(error), "code": code}
    return _text(told)


def error_of(text: str) -> PortableWorkflowError:
    """The exception that such a text tells of."""
    told = json.loads(text)
    if not isinstance(told, dict):
        told = {"message": text}
    return PortableWorkflowError(
        str(told.get("message", "")),
        str(told.get("name", "Error")),
        told.get("code"),
        told.get("data"),
    )


def fitted(value: Any, annotation: object) -> Any:
    """A portable argument as the parameter wants it: times and dates are made of their texts."""
    if not isinstance(value, str):
        return value
    if annotation is datetime.datetime:
        return datetime.datetime.fromisoformat(value)
    if annotation is datetime.date:
        return datetime.date.fromisoformat(value)
    return value


def _tree(value: Any, path: str) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DBOSNotPortableError(path, f"JSON has no {value!r}")
        return value
    if isinstance(value, list | tuple):
        return [_tree(item, f"{path}[{place}]") for place, item in enumerate(value)]
    if isinstance(value, set | frozenset):
        members = [_tree(item, f"{path}.<member>") for item in value]
        return sorted(members, key=lambda member: json.dumps(member, sort_keys=True))
    if isinstance(value, dict):
        return _dict_tree(value, path)
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    raise DBOSNotPortableError(path, f"a {type(value).__qualname__} has no portable form")


def _dict_tree(value: dict[Any, Any], path: str) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise DBOSNotPortableError(path, f"its key {key!r:.40} is no text")
    return {key: _tree(item, f"{path}.{key}") for key, item in value.items()}


def _moment(value: datetime.datetime) -> str:
    """A time in UTC with milliseconds; one without a zone counts as UTC."""
    zoned = value if value.tzinfo is not None else value.replace(tzinfo=datetime.UTC)
    text = zoned.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
