"""Rows that are tuples and mappings at once, as guides of durable programs use them: ``dict(row)``.

In: a SQLAlchemy result. Out: the same result, whose single rows also answer ``keys()`` and
``row["name"]``. Never changes how SQLAlchemy behaves outside of transactions.
"""

from __future__ import annotations

from collections.abc import Callable, KeysView
from typing import Any

from sqlalchemy.engine import Result, Row
from sqlalchemy.orm import Session

_ONE = ("fetchone", "first", "one", "one_or_none")
_MANY = ("fetchall", "fetchmany", "all")


class NamedRow(Row[Any]):
    """A row whose columns are found by place and by name."""

    __slots__ = ()

    def keys(self) -> KeysView[str]:
        """The names of the columns."""
        return self._mapping.keys()

    def __getitem__(self, key: Any) -> Any:
        return self._mapping[key] if isinstance(key, str) else super().__getitem__(key)


def _named(row: Any) -> Any:
    if type(row) is not Row:
        return row
    source: Any = row
    return NamedRow(source._parent, None, source._key_to_index, tuple(source))


class NamedSession(Session):
    """A session whose results have named rows."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Execute a statement; see ``sqlalchemy.orm.Session.execute``."""
        result: Any = super().execute(*args, **kwargs)
        if isinstance(result, Result):
            for name in (*_ONE, *_MANY):
                setattr(result, name, _naming(getattr(result, name), several=name in _MANY))
        return result


def _naming(fetch: Callable[..., Any], *, several: bool) -> Callable[..., Any]:
    def fetched(*args: Any, **kwargs: Any) -> Any:
        found = fetch(*args, **kwargs)
        return [_named(row) for row in found] if several else _named(found)

    return fetched
