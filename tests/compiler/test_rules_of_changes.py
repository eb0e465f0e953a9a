"""Rules that compare two builds: every case is found where its comments say, and nothing else is.

A case is a heading of `corpus/changes/<CODE>.md`: `## violation: …` or `## near miss: …`, then a
block per file with the lines of the old program marked `-` and those of the new one `+`. A line of
the new program, or one that went, carries `# flags: DBS906` as in the corpus of single programs.
The first Python block of a file goes before every `main.py` of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from dbos_build.rules import RULES
from support import comparisons
from support.analysis import marked

CASES = Path(__file__).parent / "corpus" / "changes"
LEAST_CASES = 6
_HEADING = re.compile(r"^## (violation|near miss): (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```diff(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PRELUDE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"\s*# flags: .*")


@dataclass(frozen=True, slots=True)
class Case:
    """A change: two programs by file name, and what must be found."""

    code: str
    kind: str
    title: str
    old: dict[str, str]
    new: dict[str, str]
    expected: tuple[tuple[str, int, str], ...]

    def __str__(self) -> str:
        return f"{self.code}-{self.title.replace(' ', '-')}"


def read(path: Path) -> list[Case]:
    """The cases of one file."""
    text = path.read_text(encoding="utf-8")
    before = _PRELUDE.search(text)
    prelude = before[1] if before is not None else ""
    headings = list(_HEADING.finditer(text))
    ends = [*(each.start() for each in headings[1:]), len(text)]
    made = []
    for heading, end in zip(headings, ends, strict=True):
        old: dict[str, str] = {}
        new: dict[str, str] = {}
        expected: list[tuple[str, int, str]] = []
        for block in _BLOCK.finditer(text, heading.end(), end):
            name = block[1] or "main.py"
            lines = block[2].splitlines(keepends=True)
            start = prelude if name == "main.py" else ""
            gone = [_MARK.sub("", line) if line[0] == " " else line for line in lines]
            sides = (
                ("".join(line[1:] for line in gone if line[0] in " -"), old),
                ("".join(line[1:] for line in lines if line[0] in " +"), new),
            )
            for side, programs in sides:
                if side.strip():
                    programs[name] = start + side
                    expected += marked({name: start + side})
        case = Case(path.stem, heading[1], heading[2], old, new, tuple(sorted(expected)))
        made.append(case)
    return made


ALL = [case for path in sorted(CASES.glob("*.md")) for case in read(path)]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_what_a_change_does_is_found_where_the_case_says(case: Case) -> None:
    assert tuple(comparisons.found(case.old, case.new)) == case.expected
    codes = {code for _, _, code in case.expected}
    assert (case.code in codes) is (case.kind == "violation")


@pytest.mark.parametrize("code", [rule.code for rule in RULES if rule.needs == "baseline"])
def test_each_rule_has_violations_and_near_misses(code: str) -> None:
    kinds = [case.kind for case in ALL if case.code == code]
    assert kinds.count("violation") >= LEAST_CASES
    assert kinds.count("near miss") >= LEAST_CASES
