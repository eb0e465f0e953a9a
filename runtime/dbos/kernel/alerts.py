"""Alerts: what an operator should hear of, told to the program's own functions.

In: functions of the program, and what happened. Out: calls of these functions, each in a thread of
its own. Never waits for one of them, and never lets one that fails reach a workflow or a service.
Everything that is told here is in the log as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dbos.error import DBOSInitializationError
from dbos.kernel import seam
from dbos.log import logger
from dbos.registry import live

Handler = TypeVar("Handler", bound=Callable[[str, str, dict[str, str]], None])

# A replay found another operation than the recorded one; the workflow waits for code that fits.
BLOCKED = "workflow-blocked"
# A workflow took its process down too often, and is not started again by itself.
PARKED = "workflow-parked"
# Workflows of versions that no living process runs.
STRANDED = "workflows-stranded"


def alert_handler(func: Handler) -> Handler:
    """Have a function called with each alert: its name, its message, and what it is about.

    The names are "workflow-blocked", "workflow-parked" and "workflows-stranded". Raises
    ``DBOSInitializationError`` for what cannot be called.
    """
    if not callable(func):
        raise DBOSInitializationError(f"@DBOS.alert_handler needs a function, not {func!r}")
    live.alert_handlers.append(func)
    return func


def tell(name: str, message: str, **about: str | None) -> None:
    """Call the program's handlers with an alert."""
    known = {key: value for key, value in about.items() if value is not None}
    for handler in list(live.alert_handlers):
        try:
            seam.start_thread("dbos-alert", _call(handler, name, message, known))
        except RuntimeError as error:
            logger.error("A handler of alerts gets no thread for %r: %s", name, error)


def _call(
    handler: Callable[[str, str, dict[str, str]], None],
    name: str,
    message: str,
    about: dict[str, str],
) -> Callable[[], None]:
    def call() -> None:
        try:
            handler(name, message, dict(about))
        except Exception:
            logger.exception("A handler of alerts failed with %r", name)

    return call
