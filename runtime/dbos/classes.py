"""Classes with workflows: the class by its name, an instance by its configuration name.

In: decorated classes and configured instances. Out: entries of the live table, so that recovery
finds them again. Never stores an instance in the database: only its names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dbos.error import DBOSConflictingRegistrationError, DBOSException
from dbos.registry import live
from dbos.validity import valid_text

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


def dbos_class(class_name: str | None = None) -> Callable[[C], C]:
    """Register a class whose methods are workflows, under ``class_name`` or its qualified name.

    Raises ``DBOSConflictingRegistrationError`` when another class has the name.
    """

    def decorate(kind: C) -> C:
        name = class_name or kind.__qualname__
        former = live.classes.get(name)
        if former is not None and _entry(former) != _entry(kind):
            raise DBOSConflictingRegistrationError(name, _entry(former), _entry(kind))
        live.classes[name] = kind
        kind.__dbos_class_name__ = name  # type: ignore[attr-defined]
        return kind

    return decorate


def _entry(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


class DBOSConfiguredInstance:
    """Base class of objects with workflow methods; ``config_name`` finds the object again.

    Raises ``DBOSException`` when another object of the class already has the name.
    """

    def __init__(self, config_name: str) -> None:
        self.config_name = valid_text(config_name, "config_name", longest=2048)
        register_instance(self)


def register_instance(inst: Any) -> None:
    """Enter an instance into the live table under its class and configuration name."""
    name = getattr(type(inst), "__dbos_class_name__", type(inst).__qualname__)
    key = (name, str(inst.config_name))
    if live.instances.get(key, inst) is not inst:
        raise DBOSException(f"Class {name!r} already has an instance named {inst.config_name!r}")
    live.instances[key] = inst


def default_required_roles(roles: Sequence[str]) -> Callable[[C], C]:
    """Let only users with one of these roles run the workflows, steps and transactions of a class.

    One that says what roles it requires is left at that.
    """

    def decorate(kind: C) -> C:
        for member in vars(kind).values():
            function = getattr(member, "__func__", member)
            target: Any = getattr(function, "__wrapped__", None)
            if target is not None and not hasattr(target, "__dbos_required_roles__"):
                target.__dbos_required_roles__ = frozenset(roles)
        return kind

    return decorate


def required_roles(roles: Sequence[str]) -> Callable[[F], F]:
    """Let only users with one of these roles run the workflow, step or transaction below."""

    def decorate(function: F) -> F:
        target: Any = getattr(function, "__wrapped__", function)
        target.__dbos_required_roles__ = frozenset(roles)
        return function

    return decorate
