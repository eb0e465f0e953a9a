"""Waiting for a change of a file: the kernel tells, and what it does not tell is found."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dbos.services import file_watch
from dbos.services.file_watch import FileWatch

LONG_SECONDS = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is there."""
    path = tmp_path / "log"
    path.write_text("one")
    return path


@pytest.fixture(params=["told by the kernel", "by looking", "by a kernel that never tells"])
def watch(
    request: pytest.FixtureRequest, path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FileWatch]:
    """A watch of the file, by each of the ways."""
    if request.param == "by looking":
        monkeypatch.setattr(file_watch, "_open_inotify", lambda: file_watch.NONE)
    if request.param == "by a kernel that never tells":
        monkeypatch.setattr(file_watch, "_add_watch", lambda descriptor, path: True)
        monkeypatch.setattr(file_watch, "SAFETY_SECONDS", 0.02)
    watch = FileWatch(str(path))
    # Only a long wait asks the kernel.
    path.write_text("one and more")
    watch.wait(LONG_SECONDS)
    yield watch
    watch.interrupt()
    watch.close()


def waited(watch: FileWatch, change: Callable[[], object]) -> bool:
    """What a wait answers during which this changes."""
    answers: list[bool] = []
    waiting = threading.Thread(target=lambda: answers.append(watch.wait(LONG_SECONDS)))
    waiting.start()
    change()
    waiting.join()
    return answers[0]


def test_a_write_ends_the_wait(watch: FileWatch, path: Path) -> None:
    assert not watch.wait(0)
    assert waited(watch, lambda: path.write_text("two, longer than one"))
    assert waited(watch, lambda: path.write_text("three, longer than one and two"))
    while watch.wait(0):
        pass
    assert not watch.wait(0.01)


def test_a_write_between_two_waits_is_not_missed(watch: FileWatch, path: Path) -> None:
    assert not watch.wait(0)
    path.write_text("two, longer than one")
    assert watch.wait(LONG_SECONDS)


def test_a_file_that_takes_the_place_of_another_is_followed(
    watch: FileWatch, path: Path, tmp_path: Path
) -> None:
    assert not watch.wait(0)
    path.unlink()
    assert watch.wait(LONG_SECONDS)
    while watch.wait(0):
        pass
    (tmp_path / "other").write_text("another")
    assert waited(watch, lambda: os.replace(tmp_path / "other", path))
    while watch.wait(0):
        pass
    assert waited(watch, lambda: path.write_text("written to the other"))


def test_an_interrupted_wait_ends_and_waits_no_more(watch: FileWatch) -> None:
    assert not waited(watch, watch.interrupt)
    assert not watch.wait(LONG_SECONDS)


def test_nothing_is_left_open(path: Path) -> None:
    before = os.listdir("/dev/fd")
    watch = FileWatch(str(path))
    path.write_text("two, longer than one")
    assert watch.wait(LONG_SECONDS)
    watch.close()
    assert os.listdir("/dev/fd") == before
