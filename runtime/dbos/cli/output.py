"""Tables for people, JSON for scripts.

In: rows of plain values. Out: text. Never lets a name or a value steer the terminal: control
characters are shown, not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from dbos.report import moment, plain, to_json

__all__ = ["Missing", "moment", "plain", "say", "show", "show_one", "show_rows"]

WIDEST_CELL = 60


class Missing(click.ClickException):
    """Something that was asked for does not exist: one line and exit code 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Print the line on stderr."""
        click.echo(f"dbos: {plain(self.message)}", err=True)


def say(text: str) -> None:
    """Print one line that may hold names which others have chosen."""
    click.echo(plain(text))


def show(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], as_json: bool) -> None:
    """Print rows: all their fields as JSON, or the ``columns`` (field → heading) as a table."""
    if as_json:
        show_rows(rows)
        return
    cells = [[_cell(row.get(field)) for field in columns] for row in rows]
    headings = list(columns.values())
    widths = [
        max(len(line[position]) for line in [headings, *cells]) for position in range(len(headings))
    ]
    for line in [headings, *cells]:
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo(text.rstrip())


def show_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a JSON array."""
    click.echo(to_json(list(rows)))


def show_one(row: Mapping[str, Any]) -> None:
    """Print one row as a JSON object."""
    click.echo(to_json(row))


def _cell(value: Any) -> str:
    text = plain("" if value is None else str(value)).replace("\n", "\\n")
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"
