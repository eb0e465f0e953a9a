"""How many connections a process may open: what the configuration says, checked.

In: the configuration. Out: ``Pools``. Never opens a connection: all are opened when they are needed
first, so a bound that the server cannot give is found out by who exceeds it, and waits.

The system database takes at least three: one that writes, one that listens, one that reads. More
are opened only by many threads that ask at once. Transactions use a pool of SQLAlchemy of their
own; ``db_engine_kwargs`` are the keyword arguments of its engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dbos.error import DBOSInitializationError

FEWEST, MOST_BY_DEFAULT, MOST = 3, 20, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """Bounds of connections: those to the system database, and the engine of transactions."""

    most_connections: int = MOST_BY_DEFAULT
    engine_kwargs: Mapping[str, Any] = field(default_factory=dict)


def pools(config: Mapping[str, Any]) -> Pools:
    """Check ``sys_db_pool_size`` and ``db_engine_kwargs``.

    Raises ``DBOSInitializationError`` naming the key that is wrong.
    """
    given = config.get("db_engine_kwargs")
    if given is None:
        given = {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise DBOSInitializationError(
            "db_engine_kwargs must be a dictionary of keyword arguments of SQLAlchemy's"
            f" create_engine, not {given!r}"
        )
    if "pool_size" in given:
        _whole(given["pool_size"], "db_engine_kwargs['pool_size']", 1)
    if "max_overflow" in given:
        _whole(given["max_overflow"], "db_engine_kwargs['max_overflow']", 0)
    size = config.get("sys_db_pool_size")
    if size is None:
        return Pools(engine_kwargs=dict(given))
    return Pools(
        most_connections=_whole(size, "sys_db_pool_size", FEWEST), engine_kwargs=dict(given)
    )


def _whole(value: object, key: str, fewest: int) -> int:
    if type(value) is not int or not fewest <= value <= MOST:
        raise DBOSInitializationError(
            f"{key} must be a whole number of connections from {fewest} to {MOST}, not {value!r}"
        )
    return value
