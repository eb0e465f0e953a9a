"""Classes by name, and instances from stored parts without running their constructors.

In: the ``module:qualname`` of a class and plain parts. Out: an instance. Never calls ``__init__``
and never builds anything but dataclasses, enums, named tuples, pydantic models and exceptions, so
stored data cannot choose code to run.
"""

from __future__ import annotations

import builtins
import dataclasses
import enum
import importlib
import sys
import types
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dbos import error as errors
from dbos.error import DBOSSerializationError, RecordedError, unreadable


@dataclass(frozen=True, slots=True)
class Opaque:
    """A stored part that is only described here: its class or codec, and what could be read."""

    kind: str
    content: Any


def class_name(kind: type) -> str:
    """How a class is written into a payload."""
    return f"{kind.__module__}:{kind.__qualname__}"


def importable(kind: type) -> bool:
    """Whether looking the class up by its name finds this very class."""
    return _importable(kind)


@lru_cache(maxsize=1024)
def _importable(kind: Hashable) -> bool:
    assert isinstance(kind, type)
    found: Any = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is kind


def nearest_importable(kind: type) -> type:
    """The class itself, or the closest parent that can be found by name."""
    return next(parent for parent in kind.__mro__ if importable(parent))


def find_class(name: str) -> type:
    """The class with this stored name.

    Raises ``DBOSSerializationError`` when there is none, or when it is of no kind that is built
    from data.
    """
    module_name, _, qualname = name.partition(":")
    module = sys.modules.get(module_name)
    if module is None:
        try:
            module = importlib.import_module(module_name)
        except (Exception, SystemExit) as error:
            reason = f"the module of class {name!r} cannot be imported ({error})"
            raise unreadable(reason) from error
    found: Any = module
    for part in qualname.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type) or not _is_data(found):
        reason = f"{name!r} is not a class of data in this program"
        raise unreadable(reason)
    return found


def loaded(name: str) -> bool:
    """Whether the module of a stored class name is loaded in this process."""
    return name.partition(":")[0] in sys.modules


def _is_data(kind: type) -> bool:
    return (
        dataclasses.is_dataclass(kind)
        or issubclass(kind, enum.Enum | BaseException)
        or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
        or is_pydantic(kind)
    )


def is_pydantic(kind: type) -> bool:
    """Whether the class is a pydantic model, without importing pydantic."""
    return any(
        parent.__module__ == "pydantic.main" and parent.__name__ == "BaseModel"
        for parent in kind.__mro__
    )


_PICKLING = ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__")


def plain_state(kind: type) -> bool:
    """Whether a dataclass keeps its state in its fields only, without pickling hooks of its own."""
    allowed = {"__getstate__", "__setstate__"} if "__slots__" in vars(kind) else set()
    for parent in kind.__mro__[:-1]:
        own = vars(parent)
        if any(hook in own and hook not in allowed for hook in _PICKLING):
            return False
    return True


def build_enum(kind: type, stored: Any) -> Any:
    """The member of an enum with this name (or, for combined flags, this value)."""
    if not issubclass(kind, enum.Enum):
        raise unreadable(f"{class_name(kind)} is not an enum")
    if isinstance(stored, str) and stored in kind.__members__:
        return kind.__members__[stored]
    if issubclass(kind, enum.Flag):
        if isinstance(stored, str):
            members = [kind.__members__[name] for name in stored.split("|")]
            combined = members[0]
            for member in members[1:]:
                combined |= member
            return combined
        return kind(stored)
    raise unreadable(f"{class_name(kind)} has no member {stored!r}")


def build_named_tuple(kind: type, stored: Sequence[Any]) -> Any:
    """A named tuple with these items, past its ``__new__``."""
    if not issubclass(kind, tuple):
        raise unreadable(f"{class_name(kind)} is not a named tuple")
    return tuple.__new__(kind, stored)


def build_dataclass(kind: type, stored: dict[str, Any]) -> Any:
    """A dataclass instance with these fields, past its ``__init__``; also frozen or slotted."""
    if not dataclasses.is_dataclass(kind):
        raise unreadable(f"{class_name(kind)} is not a dataclass")
    made = object.__new__(kind)
    for name, value in stored.items():
        object.__setattr__(made, name, value)
    return made


def build_pydantic(kind: type, stored: dict[str, Any]) -> Any:
    """A pydantic model in this state, without validating again."""
    if not is_pydantic(kind):
        raise unreadable(f"{class_name(kind)} is not a pydantic model")
    model: Any = kind
    made = model.__new__(model)
    made.__setstate__(stored)
    return made


def build_error(
    *,
    name: str,
    message: str,
    args: Sequence[Any],
    state: dict[str, Any],
    notes: Sequence[str],
    inner: Sequence[BaseException],
    cause: BaseException | None,
    trusted: bool,
) -> BaseException:
    """An exception of the stored class; ``RecordedError`` when the class is not to be had."""
    kind = _error_class(name, trusted)
    made: BaseException
    if kind is None:
        made = RecordedError(name, message)
    else:
        try:
            if issubclass(kind, BaseExceptionGroup):
                group: Any = kind
                made = group.__new__(group, args[0], list(inner))
            elif is_validation_error(kind):
                made = _validation_error(kind, *args)
            else:
                maker: Any = kind
                # A built-in constructor runs no code of the program, and some built-in exceptions
                # keep their arguments where only it can put them.
                made = maker(*args) if _is_built_in(kind) else maker.__new__(maker, *args)
                if not isinstance(made, OSError):  # which sorts its arguments out itself
                    made.args = tuple(args)
            _restore(made, state)
        except Exception:
            made = RecordedError(name, message)
    for note in notes:
        made.add_note(note)
    if cause is not None:
        made.__cause__ = cause
    return made


def _slots(kind: type) -> list[str]:
    """The names of the attributes that a class and its parents keep in slots."""
    found: list[str] = []
    for parent in kind.__mro__:
        own = vars(parent).get("__slots__", ())
        for name in (own,) if isinstance(own, str) else own:
            hidden = name.startswith("__") and not name.endswith("__")
            found.append(f"_{parent.__name__.lstrip('_')}{name}" if hidden else name)
    return [name for name in found if name not in ("__dict__", "__weakref__")]


def state_of(error: BaseException) -> dict[str, Any]:
    """The attributes of an exception, also those in slots."""
    slots = {name: getattr(error, name) for name in _slots(type(error)) if hasattr(error, name)}
    return {**slots, **vars(error)}


def _restore(made: BaseException, state: dict[str, Any]) -> None:
    for name in _slots(type(made)):
        if name in state:
            object.__setattr__(made, name, state.pop(name))
    made.__dict__.update(state)


def is_validation_error(kind: type) -> bool:
    """Whether this is what pydantic raises for data that does not fit, without importing it."""
    return kind.__module__.partition(".")[0] == "pydantic_core" and kind.__name__ == (
        "ValidationError"
    )


def _validation_error(kind: Any, title: str, details: list[dict[str, Any]]) -> BaseException:
    """Such an error again; of a type that pydantic does not know, with the message as it was."""
    custom: Any = sys.modules[kind.__module__.partition(".")[0]].__dict__["PydanticCustomError"]
    lines = []
    for told in details:
        line = {"ctx": {}, **told}
        del line["msg"]
        try:
            kind.from_exception_data(title, [line])
        except (KeyError, ValueError, TypeError):
            line = {**line, "ctx": {}, "type": custom(told["type"], told["msg"])}
        lines.append(line)
    made: BaseException = kind.from_exception_data(title, lines)
    return made


def _is_built_in(kind: type) -> bool:
    """Whether making an instance of the class runs nothing but the interpreter's own code."""
    made_by: Any = kind
    return isinstance(made_by.__init__, types.WrapperDescriptorType) and isinstance(
        made_by.__new__, types.BuiltinFunctionType
    )


def _error_class(name: str, trusted: bool) -> type[BaseException] | None:
    module, _, qualname = name.partition(":")
    if module == "builtins":
        found = getattr(builtins, qualname, None)
    elif module == errors.__name__:
        found = getattr(errors, qualname, None)
    elif trusted or loaded(name):
        try:
            found = find_class(name)
        except DBOSSerializationError:
            return None
    else:
        return None
    if isinstance(found, type) and issubclass(found, BaseException):
        return found
    return None
