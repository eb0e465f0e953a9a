"""Natural programs: applications written before the checker saw them, with every violation marked.

The marks were made by reading, not by running the checker. `python -m support.natural`, from the
folder of the tests, prints every difference and the score per family of rules.
"""

from __future__ import annotations

from functools import cache

from support.natural import Measured, applications, measure, score

LEAST_RECALL = 0.99
LEAST_PRECISION = 0.99


@cache
def measured() -> list[Measured]:
    """Every application, checked once."""
    return [measure(application) for application in applications()]


def test_there_are_enough_programs_to_say_something() -> None:
    assert len(applications()) >= 35
    assert sum(len(each.wanted) for each in measured()) >= 150


def test_violations_are_found() -> None:
    missed = [str(place) for each in measured() for place in each.missed]
    total = sum(len(each.wanted) for each in measured())
    assert len(missed) <= total * (1 - LEAST_RECALL), "\n".join([score(measured()), *missed])


def test_nothing_else_is_found() -> None:
    wrong = [str(place) for each in measured() for place in each.wrong]
    total = sum(len(each.found - each.undecided) for each in measured())
    assert len(wrong) <= total * (1 - LEAST_PRECISION), "\n".join([score(measured()), *wrong])
