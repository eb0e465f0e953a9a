"""What is printed: every output format against a golden file, and nothing that acts on a terminal.

After a wanted change, write the golden files anew with `UPDATE_GOLDEN=1 pytest tests/compiler/
test_report.py` and read the difference.
"""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dbos_build.findings import Finding, Link, Severity
from dbos_build.report import FORMATS, Report
from dbos_build.report.plain import plain, width

GOLDEN = Path(__file__).parent / "golden" / "report"
HELPERS = "import time\n\n\ndef stamp():\n\treturn [time.time(), '表', 1]  # tab, wide\n"
FINDINGS = (
    Finding(
        code="DBS001",
        name="wall-clock",
        severity=Severity.ERROR,
        message="`time.time` reads the clock; 100% sure, see a,b:c",
        path="shop/helpers.py",
        line=5,
        column=10,
        end_line=5,
        end_column=21,
        workflow="check\x1b[31mout",
        chain=(
            Link("shop/flows.py", 8, 5, "checkout", "stamp()"),
            Link("shop/helpers.py", 5, 10, "stamp", "time.time"),
        ),
        fix="unsafe",
    ),
    Finding(
        code="DBS400",
        name="log-line",
        severity=Severity.WARNING,
        message="line\nbreak <&> \u202e",
        path="shop/helpers.py",
        line=5,
        column=24,
        end_line=6,
        end_column=1,
        workflow="checkout",
    ),
    Finding(
        code="DBS991",
        name="unreadable-source",
        severity=Severity.INFO,
        message="contains a NUL byte",
        path="shop/we ird.py",
        line=1,
        column=1,
        end_line=1,
        end_column=1,
    ),
)
REPORT = Report(
    findings=FINDINGS,
    texts={"shop/helpers.py": HELPERS, "shop/we ird.py": ""},
    files=3,
    workflows=1,
    shown_paths={"shop/helpers.py": "app/shop/helpers.py"},
)
NOTHING = Report(findings=(), texts={}, files=1, workflows=2)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", ["findings", "nothing"])
def test_a_format_looks_as_it_did(name: str, case: str) -> None:
    text = FORMATS[name](REPORT if case == "findings" else NOTHING)
    golden = GOLDEN / f"{name}.{case}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_format_has_its_golden_files() -> None:
    expected = {f"{name}.{case}.txt" for name in FORMATS for case in ("findings", "nothing")}
    assert {path.name for path in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_acts_on_a_terminal(name: str) -> None:
    text = FORMATS[name](REPORT)
    acting = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"}
    assert acting == set()


def test_json_has_exactly_the_agreed_fields() -> None:
    records = json.loads(FORMATS["json"](REPORT))
    assert list(records[0]) == [
        "code", "name", "severity", "message", "path", "line", "column", "end_line", "end_column",
        "workflow", "chain", "fix",
    ]  # fmt: skip
    assert records[0]["chain"][0] == {
        "path": "shop/flows.py",
        "line": 8,
        "column": 5,
        "function": "checkout",
        "what": "stamp()",
    }
    assert records[2]["workflow"] is None
    assert records[2]["fix"] is None
    assert json.loads(FORMATS["json"](NOTHING)) == []
    lines = FORMATS["json-lines"](REPORT).splitlines()
    assert [json.loads(line) for line in lines] == records


def test_the_caret_stands_under_the_code() -> None:
    lines = FORMATS["full"](REPORT).splitlines()
    shown, caret = lines[2], lines[3]
    start = caret.index("^")
    assert shown[start : start + caret.count("^")] == "time.time()"


def test_a_chain_begins_with_the_workflow_or_else_with_its_first_function() -> None:
    reached = next(each for each in FINDINGS if each.chain)
    assert reached.workflow is not None
    outside = replace(reached, workflow=None)
    before = FORMATS["full"](replace(REPORT, findings=(reached,)))
    after = FORMATS["full"](replace(REPORT, findings=(outside,)))
    assert f"= reached from workflow {plain(reached.workflow)}:" in before
    assert f"= reached from {plain(reached.chain[0].function)}:" in after


def test_machine_formats_are_well_formed() -> None:
    for report in (REPORT, NOTHING):
        ElementTree.fromstring(FORMATS["junit"](report))
        sarif = json.loads(FORMATS["sarif"](report))
        assert sarif["version"] == "2.1.0"
        assert len(sarif["runs"][0]["results"]) == len(report.findings)
        assert len(json.loads(FORMATS["gitlab"](report))) == len(report.findings)
    commands = FORMATS["github"](REPORT).splitlines()
    assert [command.split(" ")[0] for command in commands] == ["::error", "::warning", "::notice"]


def test_a_fingerprint_survives_moving_down_but_tells_twins_apart() -> None:
    def prints(*findings: Finding) -> list[str]:
        report = Report(findings=findings, texts={}, files=1, workflows=1)
        return [each["fingerprint"] for each in json.loads(FORMATS["gitlab"](report))]

    first = FINDINGS[2]
    moved = Finding(
        code=first.code,
        name=first.name,
        severity=first.severity,
        message=first.message,
        path=first.path,
        line=9,
        column=1,
        end_line=9,
        end_column=1,
    )
    assert prints(first) == prints(moved)
    assert len(set(prints(first, moved))) == 2


def test_colours_appear_only_when_they_are_wanted() -> None:
    coloured = Report(findings=FINDINGS, texts=REPORT.texts, files=3, workflows=1, colour=True)
    assert "\x1b[" in FORMATS["full"](coloured)
    assert "\x1b[" not in FORMATS["json"](coloured)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]0;title\x07b", "a\\x1b]0;title\\x07b"),
        ("a\rb\nc", "a\\x0db\\x0ac"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
        ("größe 表 🙂", "größe 表 🙂"),
    ],
)
def test_text_of_users_is_neutralised(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_width_counts_columns_not_characters() -> None:
    assert width("abc") == 3
    assert width("表示") == 4
    assert width("e\u0301") == 1
