"""The texts of all statements, built from the functions that build them.

In: the modules of `dbos.system`. Out: for each kind of database the content that its file of texts
has to have. Run it as `python tests/support/statement_texts.py` after a change to a statement or to
the schema; a test checks that the files are up to date.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy.exc import CompileError

import dbos.system
from dbos.system import migrations, texts
from dbos.system.dialect import Language, language
from dbos.system.statement import Statement

URLS = {True: "sqlite:///any.sqlite", False: "postgresql://any"}


def statements() -> list[Statement]:
    """Every statement that a module of the system database offers, in the order of their names."""
    found: dict[str, Statement] = {}
    for module in pkgutil.iter_modules(dbos.system.__path__, "dbos.system."):
        for one in _within(vars(importlib.import_module(module.name))):
            if found.setdefault(one.origin, one) is not one:
                raise ValueError(f"two statements are called {one.origin!r}")
    return [found[name] for name in sorted(found)]


def _within(names: Mapping[str, object]) -> Iterator[Statement]:
    for value in names.values():
        if isinstance(value, Statement):
            yield value
        elif isinstance(value, dict):
            yield from (one for one in value.values() if isinstance(one, Statement))


def content(*, is_sqlite: bool) -> str:
    """What the file of one kind of database has to say."""
    spoken = language(URLS[is_sqlite], texts.SCHEMA)
    built = {name: tuple(parts) for name, parts in migrations.parts(spoken).items()}
    for one in statements():
        # What only the other database can say has no text for this one.
        with contextlib.suppress(CompileError):
            built[one.origin] = spelled(spoken, one)
    return texts.spell(built)


def spelled(spoken: Language, one: Statement) -> tuple[str, ...]:
    """What a connection executes for a statement, built."""
    return spoken.spelled(replace(one, origin=""))


def main() -> None:
    """Bring both files up to date."""
    for is_sqlite in URLS:
        path = texts.path(is_sqlite=is_sqlite)
        path.write_text(content(is_sqlite=is_sqlite), encoding="utf-8")


if __name__ == "__main__":
    main()
