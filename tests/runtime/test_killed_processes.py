"""A process killed with SIGKILL: the next one goes on at once, and no completed step runs again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from support.crash_process import run_program

STEPS = ("reserve", "charge", "ship")
RESULT = "['charge after reserve', 'ship']"


@pytest.mark.parametrize("kill_at", STEPS)
def test_a_killed_checkout_is_finished_by_the_next_process(
    kill_at: str, database_url: str, tmp_path: Path
) -> None:
    effects = tmp_path / "effects"
    killed = run_program("killed.py", database_url, str(effects), kill_at)
    assert killed.code == -signal.SIGKILL, killed.errors
    done = effects.read_text().split()
    assert done[-1] == kill_at
    ended = run_program("killed.py", database_url, str(effects), "-")
    assert (ended.code, ended.output) == (0, RESULT), ended.errors
    # Only the step that was cut off has no record, so only it runs again.
    assert effects.read_text().split() == [*done, *STEPS[STEPS.index(kill_at) :]]


def test_killed_again_and_again(database_url: str, tmp_path: Path) -> None:
    effects = tmp_path / "effects"
    for kill_at in STEPS:
        assert run_program("killed.py", database_url, str(effects), kill_at).code < 0
    ended = run_program("killed.py", database_url, str(effects), "-")
    assert ended.output == RESULT, ended.errors
    assert effects.read_text().split() == [
        *("reserve", "reserve", "charge", "charge", "ship", "ship"),
    ]
