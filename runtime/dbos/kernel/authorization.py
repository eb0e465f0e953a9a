"""Who may run a function: the roles it requires, against those of the user it runs for.

In: a function of the program. Out: the role that lets the user in, or ``DBOSNotAuthorizedError``.
Never knows where users come from: ``DBOSContextSetAuth`` and the row of the workflow say so.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dbos.error import DBOSNotAuthorizedError
from dbos.kernel import context
from dbos.kernel.context import Presets

REQUIRED = "__dbos_required_roles__"


def admitting_role(function: Callable[..., Any], name: str, presets: Presets) -> str | None:
    """The role by which ``presets`` may run the function; None when it requires none.

    Raises ``DBOSNotAuthorizedError`` when the user has none of the roles.
    """
    needed = getattr(function, REQUIRED, None)
    if not needed:
        return None
    for role in presets.roles:
        if role in needed:
            return role
    raise DBOSNotAuthorizedError(
        f"User {presets.user!r} has none of the roles {sorted(needed)} that {name} needs"
    )


def admitted(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function as the calling code may run it: with the role that lets it in assumed.

    Raises ``DBOSNotAuthorizedError`` when there is no such role.
    """
    role = admitting_role(function, name, context.presets.get())
    return function if role is None else _assuming(role, function)


def _assuming(role: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        token = context.presets.set(replace(context.presets.get(), assumed_role=role))
        try:
            return function(*args, **kwargs)
        finally:
            context.presets.reset(token)

    @functools.wraps(function)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        token = context.presets.set(replace(context.presets.get(), assumed_role=role))
        try:
            return await function(*args, **kwargs)
        finally:
            context.presets.reset(token)

    return call_async if inspect.iscoroutinefunction(function) else call
