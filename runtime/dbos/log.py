"""The logger of the runtime.

In: nothing. Out: ``logger``, and ``configure`` which sets its level. Never adds a handler to the
root logger and never logs a payload or a password.
"""

from __future__ import annotations

import logging

from dbos.error import DBOSInitializationError

logger = logging.getLogger("dbos")
# The level that the program had chosen before a configuration set another one.
_chosen_by_program: list[int] = []


def configure(level: str | None) -> None:
    """Set the level of the runtime's logger and give it a handler when nobody else did.

    Without a level the logger has the one that it had before an earlier configuration set any.
    Raises ``DBOSInitializationError`` for a level that ``logging`` does not know.
    """
    if level is not None:
        known = logging.getLevelNamesMapping()
        if level.upper() not in known:
            raise DBOSInitializationError(f"log_level {level!r} is not one of {', '.join(known)}")
        if not _chosen_by_program:
            _chosen_by_program.append(logger.level)
        logger.setLevel(known[level.upper()])
    elif _chosen_by_program:
        logger.setLevel(_chosen_by_program.pop())
    if not logger.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s dbos: %(message)s"))
        logger.addHandler(handler)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
