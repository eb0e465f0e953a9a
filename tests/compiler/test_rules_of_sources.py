"""Rules about files and comments, which no workflow breaks: violations and near misses of each.

A case is the bytes of one file, and the lines at which its rule speaks; no line makes a near miss.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbos_build.cli import run
from dbos_build.rules import RULES

HEAD = b"""\
import random
import time
from dbos import DBOS
@DBOS.workflow()
def checkout(name: str) -> object:
"""
LINE = HEAD.count(b"\n") + 1
LEAST_CASES = 6

Cases = list[tuple[bytes, list[int]]]


def bodies(*lines: tuple[bytes, list[int]]) -> Cases:
    """Cases of one line in a workflow; it is line 0 of what must be found."""
    return [(HEAD + b"    " + text + b"\n", [LINE + each for each in at]) for text, at in lines]


CASES: dict[str, Cases] = {
    "DBS990": [
        (b"def f(:\n", [1]),
        (b"x = 1\n  y = 2\n", [2]),
        (b"print 'hello'\n", [1]),
        (b"x = (1,\ny = 2\n", [1]),
        (b"return\nx = ]\n", [2]),
        (b"def f():\n\tif 1:\n        x\n", [3]),
        (b"x = '\n", [1]),
        (b"", []),
        (b"# nothing but a comment", []),
        (b"\xef\xbb\xbfx = 1\n", []),
        (b"x = 1\r\ny = 2\r\n", []),
        (b"def f():\n\treturn 1\n", []),
        (b"match = case = type = 1\n", []),
    ],
    "DBS991": [
        (b"x = '\xff'\n", [1]),
        (b"# coding: nothing\nx = 1\n", [1]),
        (b"x = 1\0\n", [1]),
        (b"x = 1\xc3", [1]),
        ("x = 'ä'\n".encode("utf-16"), [1]),
        (b"# coding: ascii\nx = '\xc3\xa4'\n", [1]),
        ("x = 'ä'\n".encode(), []),
        ("# coding: latin-1\nx = 'ä'\n".encode("latin-1"), []),
        (b"\xef\xbb\xbf# coding: utf-8\nx = 1\n", []),
        (b"x = '\\xff'\n", []),
        (b"x = '\\0'\n", []),
        ("größe = 'x' * 3  # ß\n".encode(), []),
    ],
    "DBS992": bodies(
        (b"return 1  # dbos: ignore[DBS001] it was once", [0]),
        (b"return 1  # dbos: ignore", [0]),
        (b"return 1  # noqa: DBS001", [0]),
        (b"return time.time()  # dbos: ignore[DBS101, DBS001] clock", [0]),
        (b"# dbos: ignore[DBS001] the next line\n    return 1", [0]),
        (b"return (\n        1\n    )  # dbos: ignore[DBS001] the statement", [2]),
        (b"return time.time()  # dbos: ignore[DBS001] shown only", []),
        (b"return time.time(), random.random()  # dbos: ignore[DBS001, DBS101] shown", []),
        (b"return 1  # noqa: E501, B008", []),
        (b"return 1  # noqa", []),
        (b"return '# dbos: ignore[DBS001]'", []),
        (b"# dbos: ignore[DBS001] the next line\n    return time.time()", []),
        (b"return time.time()  # noqa: E501, DBS001", []),
    ),
    "DBS993": bodies(
        (b"return 1  # dbos: ignore[DBS999]", [0]),
        (b"return 1  # noqa: DBS01", [0]),
        (b"return time.time()  # dbos: ignore[wall-clock]", [0]),
        (b"return time.time()  # dbos: ignore[DBS001, nonsense]", [0]),
        (b"return 1  # noqa: E501, DBS000", [0]),
        (b"return 1  # dbos: ignore[E501]", [0]),
        (b"return time.time()  # dbos: ignore[DBS001]", []),
        (b"return time.time()  # dbos: ignore[dbs001]", []),
        (b"return time.time()  # noqa: DBS001, XYZ999", []),
        (b"return 1  # noqa: ABC123", []),
        (b"return 'see # noqa: DBS999'", []),
        (b"return 1  # DBS999 is no rule", []),
    ),
    "DBS994": bodies(
        (b"return time.time()  # dbos: ignore", [0]),
        (b"return time.time()  # noqa", [0]),
        (b"return time.time()  # dbos: ignore[]", [0]),
        (b"return time.time()  # dbos: ignore because it is shown", [0]),
        (b"return time.time(), random.random()  # noqa", [0]),
        (b"# dbos: ignore\n    return time.time()", [0]),
        (b"return time.time()  # dbos: ignore[DBS001]", []),
        (b"return time.time()  # noqa: DBS001", []),
        (b"return 1  # noqa", []),
        (b"return name  # type: ignore", []),
        (b"return '# dbos: ignore'", []),
        (b"return 1  # we dbos ignore this", []),
    ),
}


@pytest.mark.parametrize(
    ("code", "text", "lines"),
    [
        pytest.param(code, text, lines, id=f"{code}-{number}")
        for code, cases in CASES.items()
        for number, (text, lines) in enumerate(cases)
    ],
)
def test_the_rule_speaks_at_these_lines(
    code: str,
    text: bytes,
    lines: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "main.py").write_bytes(text)
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--no-cache", "--output-format", "json"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)
    assert [each["line"] for each in found if each["code"] == code] == lines


@pytest.mark.parametrize("code", [rule.code for rule in RULES if rule.code >= "DBS99"])
def test_each_rule_has_violations_and_near_misses(code: str) -> None:
    cases = CASES[code]
    assert sum(bool(lines) for _, lines in cases) >= LEAST_CASES
    assert sum(not lines for _, lines in cases) >= LEAST_CASES
