"""When the replay of a workflow runs out of patience: by what was computed, not by what passed.

A machine that is busy with other things must not turn a workflow that fits into one that is stuck.
"""

from __future__ import annotations

import pytest

from dbos.replay.watchdog import MOST_LOOKS, patience_for

SECONDS = 4.0


def looks(computed_between: list[float]) -> int | None:
    """At which look there is no patience left; None when there always is."""
    readings = [sum(computed_between[:count]) for count in range(len(computed_between) + 1)]
    has_patience = patience_for(SECONDS, iter(readings).__next__)
    answers = [has_patience() for _ in computed_between]
    assert answers == sorted(answers, reverse=True), "it does not come back"
    return answers.index(False) + 1 if False in answers else None


@pytest.mark.parametrize(
    ("computed_between", "at_look"),
    [
        pytest.param([3.9], 1, id="computes alone on its machine"),
        pytest.param([0.5, 0.5, 0.5, 0.5], 4, id="computes with an eighth of a processor"),
        pytest.param([0.5, 0.5, 0.5], None, id="may still get what it needs"),
        pytest.param([0.0], 1, id="waits"),
        pytest.param([0.5, 0.01], 2, id="computes, then waits"),
        pytest.param([0.1] * 20, MOST_LOOKS, id="asks again and again"),
        pytest.param([12.0, 9.0], 1, id="computes in several threads"),
    ],
)
def test_patience_ends(computed_between: list[float], at_look: int | None) -> None:
    assert looks(computed_between) == at_look
