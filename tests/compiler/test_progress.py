"""The progress bar: on a terminal, after a moment, one line that is gone at the end.

The command runs on a real pseudo-terminal; the moment it waits for is made short there, so that no
test has to take it.
"""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from dbos_build.cli.progress import DELAY_SECONDS, Bar

IMPATIENT = (
    "import sys; from dbos_build.cli import main, progress; progress.DELAY_SECONDS = {delay};"
    " sys.argv = ['dbos-build', 'check', *{options!r}, '.']; main()"
)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 5.0

    def __call__(self) -> float:
        return self.seconds


def test_nothing_is_drawn_in_the_first_second() -> None:
    clock, stream = Clock(), io.StringIO()
    bar = Bar(stream, clock)
    clock.seconds += DELAY_SECONDS * 0.99
    bar(3, 10)
    bar.wipe()
    assert stream.getvalue() == ""


def test_a_bar_grows_and_is_wiped() -> None:
    clock, stream = Clock(), io.StringIO()
    bar = Bar(stream, clock)
    clock.seconds += DELAY_SECONDS
    for done in range(11):
        bar(done, 10)
    drawn = stream.getvalue().split("\r")[1:]
    assert [line.count("#") for line in drawn] == sorted({3 * done for done in range(11)})
    assert drawn[-1].endswith("10/10 files")
    assert len({len(line.partition("]")[0]) for line in drawn}) == 1
    bar.wipe()
    assert stream.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize("total", [0, 1])
def test_nothing_to_do_is_no_division_by_zero(total: int) -> None:
    clock, stream = Clock(), io.StringIO()
    bar = Bar(stream, clock)
    clock.seconds += 2 * DELAY_SECONDS
    bar(0, total)
    assert f"0/{total} files" in stream.getvalue()


def on_a_terminal(folder: Path, delay: float, *options: str) -> str:
    """What the command writes to stderr when that is a terminal."""
    leader, follower = pty.openpty()
    try:
        script = IMPATIENT.format(delay=delay, options=options)
        subprocess.run(
            [sys.executable, "-P", "-c", script],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=follower,
            timeout=60,
            check=False,
        )
        os.set_blocking(leader, False)
        return os.read(leader, 65536).decode() if _has_more(leader) else ""
    finally:
        os.close(leader)
        os.close(follower)


def _has_more(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(60):
        (tmp_path / f"part_{number}.py").write_text(f"X = {number}\n", encoding="utf-8")
    return tmp_path


def test_a_long_check_shows_how_far_it_is(folder: Path) -> None:
    shown = on_a_terminal(folder, -1.0)
    assert "\rchecking [" in shown
    assert "/60 files" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize(("delay", "options"), [(60.0, ()), (-1.0, ("--quiet",))])
def test_a_short_or_quiet_check_shows_nothing(
    folder: Path, delay: float, options: tuple[str, ...]
) -> None:
    assert on_a_terminal(folder, delay, *options) == ""


def test_no_bar_where_there_is_no_terminal(folder: Path) -> None:
    script = IMPATIENT.format(delay=-1.0, options=())
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "checking" not in done.stderr
