"""Columns count the characters that people see, also behind emoji, accents and other line ends."""

from __future__ import annotations

import pytest

from dbos_build.reading.columns import character_column
from support.analysis import findings

PROGRAM = """\
import time
from dbos import DBOS
def älter() -> float:
    return {"🕰️🕰️": time.time()}["🕰️🕰️"]
@DBOS.workflow()
def checkout() -> float:
    ß = "naïve 🧾"; return älter()
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_finding_behind_emoji_is_where_an_editor_shows_it(end: str) -> None:
    (found,) = findings({"main.py": PROGRAM.replace("\n", end)})
    line = PROGRAM.splitlines()[found.line - 1]
    assert line[found.column - 1 : found.end_column - 1] == "time.time()"


def test_the_chain_counts_characters_too() -> None:
    (found,) = findings({"main.py": PROGRAM})
    first = found.chain[0]
    assert PROGRAM.splitlines()[first.line - 1][first.column - 1 :] == "älter()"


def test_a_form_feed_or_line_separator_ends_no_line() -> None:
    text = (
        'import time\nfrom dbos import DBOS\nNOTE = "é\x0c\u2028"\n\n\n'
        "@DBOS.workflow()\ndef checkout() -> float:\n    é = 1; return time.time()\n"
    )
    (found,) = findings({"main.py": text})
    assert (found.line, found.column) == (8, 19)


@pytest.mark.parametrize(
    ("line", "place", "expected"),
    [("abc", 3, 3), ("é = x", 6, 5), ("🕰 = x", 8, 5), ("é", 99, 2), ("é", 0, 1)],
)
def test_bytes_become_characters(line: str, place: int, expected: int) -> None:
    assert character_column(line, place) == expected
