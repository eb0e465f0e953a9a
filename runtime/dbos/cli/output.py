"""Tables for people, JSON for scripts.

In: rows of plain values. Out: text. Never lets a name or a value steer the terminal: control
characters are shown, not sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

WIDEST_CELL = 60


def plain(text: str) -> str:
    """The text with control and direction characters spelled out, so that it only ever shows."""
    return "".join(
        letter
        if letter == "\n" or (letter.isprintable() and not 0x202A <= ord(letter) <= 0x202E)
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def say(text: str) -> None:
    """Print one line that may hold names which others have chosen."""
    click.echo(plain(text))


def moment(epoch_ms: int | None) -> str:
    """A time in epoch milliseconds for people, in UTC."""
    if epoch_ms is None:
        return ""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def show(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], as_json: bool) -> None:
    """Print rows: all their fields as JSON, or the ``columns`` (field → heading) as a table."""
    if as_json:
        click.echo(json.dumps(list(rows), indent=2, default=str))
        return
    cells = [[_cell(row.get(field)) for field in columns] for row in rows]
    headings = list(columns.values())
    widths = [
        max(len(line[position]) for line in [headings, *cells]) for position in range(len(headings))
    ]
    for line in [headings, *cells]:
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo(text.rstrip())


def show_one(row: Mapping[str, Any]) -> None:
    """Print one row as a JSON object."""
    click.echo(json.dumps(row, indent=2, default=str))


def _cell(value: Any) -> str:
    text = plain("" if value is None else str(value)).replace("\n", "\\n")
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"
