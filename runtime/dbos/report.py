"""Rows for people and for scripts.

In: dataclasses or dictionaries. Out: a table, or JSON. Never lets a control character of stored
data reach a terminal.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

WIDEST_CELL = 60


def to_json(shown: Any) -> str:
    """One item as a JSON object, or several as an array; what JSON cannot say becomes text."""
    several = isinstance(shown, Sequence)
    tree = [_as_mapping(item) for item in shown] if several else _as_mapping(shown)
    return json.dumps(tree, indent=2, default=_spell)


def _as_mapping(item: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(item):
        return {field.name: _plain(getattr(item, field.name)) for field in dataclasses.fields(item)}
    assert isinstance(item, Mapping)
    return {key: _plain(value) for key, value in item.items()}


def _plain(value: Any) -> Any:
    """Mappings with keys that JSON does not have become text keys."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value != value:
        return "nan"
    return value


def _spell(value: Any) -> str:
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return repr(value)


def rows_as_table(items: Sequence[Any], columns: Sequence[str]) -> str:
    """A table with one line for each item."""
    lines = [list(columns)]
    for item in items:
        mapping = _as_mapping(item)
        lines.append([_cell(name, mapping.get(name)) for name in columns])
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    drawn = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join(drawn)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and (name.endswith(("_at", "_ms"))):
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
    text = value if isinstance(value, str) else _spell(value)
    shown = "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )
    return shown if len(shown) <= WIDEST_CELL else shown[: WIDEST_CELL - 1] + "…"
