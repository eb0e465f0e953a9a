"""Redaction: a history without its values.

In: a ``History``. Out: the same with inputs, outputs and errors replaced by marks. What stays: ids,
names, positions, times, argument digests, the classes of errors, and the outputs that only the
runtime itself reads (until when a sleep lasts, which task was done first). Never decodes a pickle.

A replay compares names and digests as before; where the code needs a redacted value, other than to
hand it on to an operation, nothing more can be told.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from dbos.error import DBOSBaseException
from dbos.replay import wall
from dbos.replay.history import History

if TYPE_CHECKING:
    from dbos.kernel.record import StepRecord

REDACTED = "redacted"
# Their outputs are times, places and ids, which replay needs and nobody wrote.
KEPT = frozenset(
    ("DBOS.sleep", "DBOS.asyncio_wait", "DBOS.waitFirst", "DBOS.debounce_delayed_workflow")
)


def redacted(history: History) -> History:
    """The history with every value replaced by a mark."""
    return replace(
        history,
        inputs=_inputs(history.inputs, history.serialization),
        serialization=REDACTED,
        output=None if history.output is None else "",
        error=_error(history.error),
        output_serialization=REDACTED if history.error is None else history.output_serialization,
        authenticated_user=None,
        operations=tuple(_record(record) for record in history.operations),
    )


def _record(record: StepRecord) -> StepRecord:
    if record.error is not None:
        return replace(record, error=_error(record.error))
    if record.output is None or record.function_name in KEPT:
        return record
    return replace(record, output="", serialization=REDACTED)


def _inputs(text: str | None, serialization: str | None) -> str | None:
    """How many arguments there were, and the names of the others; None when nobody can tell."""
    try:
        tree = json.loads(text or "") if serialization == "json" else {}
        args, kwargs = tree["args"], tree["kwargs"]
        count = len(args["v"] if isinstance(args, dict) else args)
        names = sorted(kwargs)
    except (ValueError, KeyError, TypeError):
        return None
    return json.dumps({"args": count, "kwargs": names})


def _error(text: str | None) -> str | None:
    """A stored exception with its class alone."""
    if text is None:
        return None
    try:
        name = json.loads(text)["c"]
    except (ValueError, KeyError, TypeError):
        name = "builtins:Exception"
    return json.dumps({"$": "error", "c": name, "m": REDACTED, "a": [REDACTED]})


def arguments(text: str | None) -> dict[str, Any] | None:
    """The arguments of a redacted workflow, as values that stop whoever looks at them."""
    if text is None:
        return None
    shape = json.loads(text)
    return {
        "args": [Redacted() for _ in range(shape["args"])],
        "kwargs": {name: Redacted() for name in shape["kwargs"]},
    }


class RedactedValueNeeded(DBOSBaseException):
    """The code looked at a value that the fixture does not hold."""


class Redacted:
    """Stands for a value that was redacted: it can be handed on, and nothing else."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        # Dunder names are asked for by the runtime and by Python, to see what the value can do.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        _needed()

    def __repr__(self) -> str:
        return "<redacted>"


def _needed(*_: object, **__: object) -> NoReturn:
    standing = wall.standing()
    if standing is not None:
        standing.need()
    raise RedactedValueNeeded("a redacted value is needed here")


_OPERATORS = (
    *("bool", "str", "format", "bytes", "hash", "len", "iter", "next", "contains", "getitem"),
    *("setitem", "delitem", "call", "enter", "exit", "aenter", "aexit", "await", "aiter", "anext"),
    *("eq", "ne", "lt", "le", "gt", "ge", "int", "float", "complex", "index", "round", "neg"),
    *(
        "reduce_ex",
        "pos",
        "abs",
        "invert",
        "add",
        "radd",
        "sub",
        "rsub",
        "mul",
        "rmul",
        "truediv",
        "rtruediv",
    ),
    *("floordiv", "rfloordiv", "mod", "rmod", "divmod", "rdivmod", "pow", "rpow", "and", "rand"),
    *("or", "ror", "xor", "rxor", "lshift", "rlshift", "rshift", "rrshift", "matmul", "fspath"),
)
for _operator in _OPERATORS:
    setattr(Redacted, f"__{_operator}__", _needed)
