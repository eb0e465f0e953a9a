"""Natural programs: applications written before the checker saw them, with every violation marked.

The marks were made by reading, not by running the checker. What it missed or got wrong at first is
in the messages of the commits that added the programs; since then each of them holds. `python -m
support.natural`, in the folder of the tests, prints every difference and the score per family.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dbos_build.analysis.unknowns import unknown_calls
from support.natural import (
    CASES,
    FIELD,
    FIELD_AGAIN,
    HELD_OUT,
    LAST,
    STYLES,
    STYLES_AGAIN,
    UNSEEN,
    UNSEEN_AGAIN,
    Measured,
    analyse,
    applications,
    measure,
    score,
)

ALL = (CASES, HELD_OUT, LAST, FIELD, FIELD_AGAIN, STYLES, STYLES_AGAIN, UNSEEN, UNSEEN_AGAIN)
SETS = pytest.mark.parametrize(
    "cases",
    ALL,
    ids=[
        *("natural", "held out", "last", "field", "field again", "styles", "styles again"),
        *("unseen", "unseen again"),
    ],
)
UNKNOWN_CALLS_MAX = 44


@cache
def measured(cases: Path) -> list[Measured]:
    """Every application of a set, checked once."""
    return [measure(application, cases) for application in applications(cases)]


def test_there_are_enough_programs_to_say_something() -> None:
    every = [each for cases in ALL for each in measured(cases)]
    assert len(every) >= 235
    assert sum(len(each.wanted) for each in every) >= 861


@SETS
def test_violations_are_found(cases: Path) -> None:
    missed = [str(place) for each in measured(cases) for place in each.missed]
    assert missed == [], score(measured(cases))


@SETS
def test_nothing_else_is_found(cases: Path) -> None:
    wrong = [str(place) for each in measured(cases) for place in each.wrong]
    assert wrong == [], score(measured(cases))


def test_hardly_a_call_is_unknown() -> None:
    unknown = {
        f"{application}/{call.path}:{getattr(call.node, 'lineno', 0)} {call.name}"
        for cases in ALL
        for application in applications(cases)
        for call in unknown_calls(analyse(application, cases))
    }
    assert len(unknown) <= UNKNOWN_CALLS_MAX, "\n".join(sorted(unknown))
