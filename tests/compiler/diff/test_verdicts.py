"""Verdicts against the truth: no pair that breaks is called safe, few that are safe are not seen.

The labels of the pairs are confirmed by execution (`test_truth.py`).
"""

from __future__ import annotations

import pytest

from dbos_build.diff.judging import Judgement
from support import comparisons, pairs
from support.pairs import Pair

PAIRS = pairs.read_all()
RECOGNISED = 0.85


@pytest.fixture(scope="module")
def judged() -> list[tuple[Pair, Judgement]]:
    return [(pair, comparisons.judgement(pair.old, pair.new, pair.workflow)) for pair in PAIRS]


def test_nothing_that_breaks_is_called_safe(judged: list[tuple[Pair, Judgement]]) -> None:
    wrong = [
        f"{pair}\n    {found.verdict}: {found.reason}"
        for pair, found in judged
        if found.is_safe and not pair.is_safe
    ]
    assert wrong == [], "\n".join(wrong)


def test_most_of_what_is_safe_is_recognised(judged: list[tuple[Pair, Judgement]]) -> None:
    safe = [(pair, found) for pair, found in judged if pair.is_safe]
    missed = [
        f"{pair}\n    {found.verdict}: {found.reason}" for pair, found in safe if not found.is_safe
    ]
    share = 1 - len(missed) / len(safe)
    print(f"{len(safe) - len(missed)} of {len(safe)} safe changes recognised ({share:.0%})")
    assert share >= RECOGNISED, "\n".join(missed)


def test_every_verdict_that_is_not_safe_has_a_reason_and_a_place(
    judged: list[tuple[Pair, Judgement]],
) -> None:
    for pair, found in judged:
        assert found.reason, pair
        if found.verdict == "breaking":
            assert any(each.severity.value == "error" for each in found.findings), pair
            assert all(each.line >= 1 and each.path for each in found.findings), pair
        if found.trace:
            last = found.trace[-1]
            assert last.old is not None or last.new is not None, pair
            for spot in (last.old, last.new):
                assert spot is None or (spot.line >= 1 and spot.text), (pair, spot)
