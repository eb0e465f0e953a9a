"""Whole programs that use many libraries: the tables carry the analysis from value to value.

The programs are in `known/cases/`; a line that ends in `# flags: DBS202` is flagged with that code,
every other line is not.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.analysis import flagged, marked

PROGRAMS = sorted(Path(__file__).with_name("known").glob("cases/*.py"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_is_flagged_where_it_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert sorted(set(flagged(text, "DBS207"))) == sorted(set(marked(text)))


def test_there_are_programs() -> None:
    assert sum(len(marked(path.read_text(encoding="utf-8"))) for path in PROGRAMS) >= 70
