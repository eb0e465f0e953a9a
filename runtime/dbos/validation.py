"""Checking the arguments of workflows before their body runs, by a function of the program.

In: ``validate_args`` of a workflow, which takes and returns ``(args, kwargs)``. Out: the body with
the check before it. Never lets a replay see other arguments than the first run saw: the check is
made each time, over what is stored.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSArgumentsError, DBOSException

if TYPE_CHECKING:
    from dbos.registry import Declared

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Validate = Callable[[tuple[Any, ...], dict[str, Any]], Arguments]


def pydantic_args_validator(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
    """For ``validate_args``: check and convert by the annotations of the workflow, with pydantic.

    Called by itself it knows no workflow and answers what it was given.
    """
    return args, kwargs


def make_pydantic_args_validator(func: Callable[..., Any]) -> Validate:
    """A check of the arguments of ``func`` by its annotations, without calling it.

    The check raises ``DBOSArgumentsError``. Raises ``DBOSException`` without pydantic.
    """
    try:
        import pydantic
    except ImportError:
        raise DBOSException("Checking arguments needs pydantic: pip install pydantic") from None

    def given(*args: Any, **kwargs: Any) -> Arguments:
        return args, kwargs

    signature = inspect.signature(func)
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].name in ("self", "cls"):
        parameters = parameters[1:]
    stand_in: Any = given
    stand_in.__signature__ = inspect.Signature(parameters)
    stand_in.__annotations__ = hints_of(func, [one.name for one in parameters])
    checked: Callable[..., Arguments] = pydantic.validate_call(given)

    def validate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        try:
            return checked(*args, **kwargs)
        except pydantic.ValidationError as error:
            told = "; ".join(_told(parameters, one["loc"], one["msg"]) for one in error.errors())
            name = getattr(func, "__qualname__", repr(func))
            raise DBOSArgumentsError(name, told) from None

    return validate


def _told(parameters: list[inspect.Parameter], place: tuple[int | str, ...], message: str) -> str:
    """One thing that is wrong, with the name of the parameter in place of its number."""
    first, *rest = place or ("arguments",)
    if isinstance(first, int) and first < len(parameters):
        first = parameters[first].name
    return ".".join(map(str, (first, *rest))) + f": {message}"


def hints_of(function: Callable[..., Any], names: list[str]) -> dict[str, Any]:
    """The annotations of these parameters, resolved; none when they name what is not there."""
    try:
        hints = typing.get_type_hints(function)
    except Exception:  # a name that only a type checker knows
        return {}
    return {name: hints[name] for name in names if name in hints}


def validator(function: Callable[..., Any], given: object) -> Validate | None:
    """The check behind ``validate_args``. Raises ``DBOSException`` for what cannot be called."""
    if given is None:
        return None
    if given is pydantic_args_validator:
        return make_pydantic_args_validator(function)
    if not callable(given):
        raise DBOSException(f"validate_args must be a function of (args, kwargs), not {given!r}")
    return given


def checked_body(declared: Declared) -> Callable[..., Any]:
    """The body of a workflow with the check before it; ``self`` and ``cls`` are not checked."""
    function, validate = declared.function, declared.validate
    if validate is None:
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        bound, rest = ((), args) if declared.member is None else (args[:1], args[1:])
        checked_args, checked_kwargs = validate(rest, kwargs)
        return function(*bound, *checked_args, **checked_kwargs)

    return call
