"""Natural programs: applications written before the checker saw them, with every violation marked.

The marks were made by reading, not by running the checker. What it missed or got wrong at first is
in the messages of the commits that added the programs; since then each of them holds. `python -m
support.natural`, in the folder of the tests, prints every difference and the score per family.
"""

from __future__ import annotations

from functools import cache

import pytest

from dbos_build.unknowns import unknown_calls
from support.natural import CASES, HELD_OUT, Measured, analyse, applications, measure, score

SETS = pytest.mark.parametrize("cases", [CASES, HELD_OUT], ids=["natural", "held out"])
UNKNOWN_CALLS_MAX = 20


@cache
def measured(cases: object) -> list[Measured]:
    """Every application of a set, checked once."""
    folder = CASES if cases == CASES else HELD_OUT
    return [measure(application, folder) for application in applications(folder)]


def test_there_are_enough_programs_to_say_something() -> None:
    both = [*measured(CASES), *measured(HELD_OUT)]
    assert len(both) >= 45
    assert sum(len(each.wanted) for each in both) >= 250


@SETS
def test_violations_are_found(cases: object) -> None:
    missed = [str(place) for each in measured(cases) for place in each.missed]
    assert missed == [], score(measured(cases))


@SETS
def test_nothing_else_is_found(cases: object) -> None:
    wrong = [str(place) for each in measured(cases) for place in each.wrong]
    assert wrong == [], score(measured(cases))


def test_hardly_a_call_is_unknown() -> None:
    unknown = {
        f"{application}/{call.path}:{getattr(call.node, 'lineno', 0)} {call.name}"
        for cases in (CASES, HELD_OUT)
        for application in applications(cases)
        for call in unknown_calls(analyse(application, cases))
    }
    assert len(unknown) <= UNKNOWN_CALLS_MAX, "\n".join(sorted(unknown))
