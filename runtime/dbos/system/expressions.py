"""The words that statements are built from: those of SQLAlchemy Core, imported when one is used.

In: nothing. Out: ``select``, ``func`` and the like, under their own names. Never anything else than
what SQLAlchemy has under that name.

Building statements is rare, because the texts of all of them travel with the package (see
``texts``). Importing SQLAlchemy is not cheap: 0.2 s of CPU, most of what a first launch took. So
the modules of this folder take these words from here, and who builds nothing imports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = [
    "and_",
    "bindparam",
    "case",
    "cast",
    "column",
    "delete",
    "exists",
    "false",
    "func",
    "insert",
    "literal",
    "literal_column",
    "null",
    "or_",
    "select",
    "table",
    "union_all",
    "update",
]

if TYPE_CHECKING:
    from sqlalchemy import (
        and_,
        bindparam,
        case,
        cast,
        column,
        delete,
        exists,
        false,
        func,
        insert,
        literal,
        literal_column,
        null,
        or_,
        select,
        table,
        union_all,
        update,
    )
else:

    class _Word:
        """One word: calls it and takes its attributes as soon as somebody does."""

        __slots__ = ("_name",)

        def __init__(self, name: str) -> None:
            self._name = name

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            import sqlalchemy

            return getattr(sqlalchemy, self._name)(*args, **kwargs)

        def __getattr__(self, name: str) -> Any:
            import sqlalchemy

            return getattr(getattr(sqlalchemy, self._name), name)

    globals().update({name: _Word(name) for name in __all__})
