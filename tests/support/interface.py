"""The public names of the runtime, as the checker's table has to list them.

In: the package `dbos`. Out: one row per public name of it and of its classes, with the parameters.
`python tests/support/interface.py` brings `known/dbos_interface.txt` up to date: names that are
gone go, signatures follow, and a new name gets `?` for what only a person can say of it.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import dbos
import dbos_build

TABLE = Path(dbos_build.__file__).parent / "known" / "dbos_interface.txt"
_STARS = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def surface() -> dict[str, str]:
    """Qualified name below `dbos` → its parameters as the table spells them, `-` for a value."""
    found = {}
    for name in dbos.__all__:
        item = getattr(dbos, name)
        found[name] = _parameters(item)
        if inspect.isclass(item) and not (typing.is_typeddict(item) or _is_data(item)):
            found |= {f"{name}.{member}": text for member, text in _members(item)}
    return found


def _members(owner: type) -> Iterator[tuple[str, str]]:
    """The public members of a class of ours."""
    for name in dir(owner):
        holder = next((each for each in owner.__mro__ if name in vars(each)), object)
        if not name.startswith("_") and holder.__module__.startswith("dbos"):
            yield name, _parameters(inspect.getattr_static(owner, name))


def _is_data(owner: type) -> bool:
    """Whether a class only holds values, which have no contract."""
    return issubclass(owner, Enum) or dataclasses.is_dataclass(owner)


def _parameters(item: object) -> str:
    """`a b? *args k= l?=` …: `?` has a default, `=` is given by keyword only."""
    if typing.is_typeddict(item):
        record: Any = item
        required = record.__required_keys__
        return " ".join(f"{key}{'' if key in required else '?'}=" for key in item.__annotations__)
    called = getattr(item, "__func__", item)
    if not callable(called) or (isinstance(called, type) and issubclass(called, str)):
        return "-"
    try:
        given = list(inspect.signature(called).parameters.values())
    except (TypeError, ValueError):
        return "-"
    words = [word for each in given if each.name not in {"self", "cls"} for word in _words(each)]
    return " ".join(words) or "()"


def _words(parameter: inspect.Parameter) -> list[str]:
    """A parameter; `**filters: Unpack[Filters]` is as many as the filters are."""
    written = str(parameter.annotation)
    if not written.startswith("Unpack["):
        return [_word(parameter)]
    unpacked = written.removeprefix("Unpack[").removesuffix("]")
    for module in list(sys.modules.values()):
        record = getattr(module, unpacked, None) if module.__name__.startswith("dbos.") else None
        if typing.is_typeddict(record):
            return _parameters(record).split()
    return [_word(parameter)]


def _word(parameter: inspect.Parameter) -> str:
    if parameter.kind in _STARS:
        return _STARS[parameter.kind] + parameter.name
    default = "" if parameter.default is parameter.empty else "?"
    keyword = "=" if parameter.kind is parameter.KEYWORD_ONLY else ""
    return f"{parameter.name}{default}{keyword}"


def updated(text: str) -> str:
    """The table with the names and parameters of today; decisions are kept."""
    head = [line for line in text.splitlines() if line.startswith("#")]
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    decided = {row[0]: row[1] for row in rows}
    body = [f"{name}\t{decided.get(name, '?')}\t{given}" for name, given in surface().items()]
    return "\n".join([*head, *body]) + "\n"


if __name__ == "__main__":
    TABLE.write_text(updated(TABLE.read_text("utf-8") if TABLE.exists() else ""), "utf-8")
