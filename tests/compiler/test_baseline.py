"""A baseline knows findings by what they are about, not by where they stand."""

from __future__ import annotations

import json

import pytest

from dbos_build.checking import baseline
from dbos_build.checking.baseline import Entry
from dbos_build.error import ConfigError
from support import analysis

FLOW = """\
import time
from dbos import DBOS


@DBOS.workflow()
def run():
    first = time.time()
    again = time.time()
    return first, again
"""


def entries(text: str) -> list[Entry]:
    """The entries of the findings in one file."""
    return baseline.entries(analysis.findings(text), {"main.py": text})


def new(text: str, known: list[Entry]) -> tuple[list[int], list[Entry]]:
    """The lines of the findings that are new, and the entries that expired."""
    found, gone = baseline.sift(analysis.findings(text), {"main.py": text}, frozenset(known))
    return [finding.line for finding in found], sorted(gone)


def test_an_entry_says_where_and_what_without_numbers_of_lines() -> None:
    assert entries(FLOW) == [
        Entry("main.py", "run", "DBS001", "first = time.time()", 0),
        Entry("main.py", "run", "DBS001", "again = time.time()", 0),
    ]


@pytest.mark.parametrize(
    ("old", "changed"),
    [
        ("import time\n", "import time\n\n# a comment\nX = 1\n"),
        ("    first = time.time()", "    value = 1\n    first  =  time.time()  "),
        ("@DBOS.workflow()\n", "def above():\n    pass\n\n\n@DBOS.workflow()\n"),
    ],
)
def test_known_findings_stay_known_while_code_moves(old: str, changed: str) -> None:
    assert old in FLOW
    moved = FLOW.replace(old, changed)
    assert new(moved, entries(FLOW)) == ([], [])


def test_white_space_inside_a_line_does_not_count() -> None:
    known = entries(FLOW)
    assert new(FLOW.replace("first = time", "first =  time"), known) == ([], [])
    assert new(FLOW.replace("    again", "\tagain").replace("    ", "\t"), known) == ([], [])


def test_one_more_of_the_same_is_new() -> None:
    known = entries(FLOW)
    more = FLOW.replace("    return", "    again = time.time()\n    return")
    assert new(more, known) == ([9], [])


def test_another_function_another_rule_another_file_is_new() -> None:
    known = entries(FLOW)
    assert new(FLOW.replace("def run", "def walk"), known)[0] == [7, 8]
    assert new(FLOW.replace("time.time()", "time.monotonic()"), known)[0] == [7, 8]
    findings = analysis.findings({"other.py": FLOW})
    assert baseline.sift(findings, {"other.py": FLOW}, frozenset(known))[0] == findings


def test_what_was_mended_has_expired() -> None:
    known = entries(FLOW)
    assert new(FLOW.replace("first = time.time()", "first = 1"), known) == ([], [known[0]])


def test_a_baseline_is_read_as_it_was_written() -> None:
    known = entries(FLOW)
    text = baseline.render(reversed(known))
    assert text == baseline.render(known)
    assert baseline.read(text, "b.json") == frozenset(known)
    assert json.loads(text)["format"] == 1
    assert "line" not in json.loads(text)["findings"][0]


def test_a_file_with_a_syntax_error_has_entries_too() -> None:
    assert entries("def broken(:\n") == [Entry("main.py", "", "DBS990", "def broken(:", 0)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "findings": []}',
        '{"format": 1}',
        '{"format": 1, "findings": [3]}',
        '{"format": 1, "findings": [{"path": "a"}]}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_baseline_is_one_clear_line(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        baseline.read(text, "b.json")
    assert str(caught.value).startswith("b.json: ")
    assert "\n" not in str(caught.value)
