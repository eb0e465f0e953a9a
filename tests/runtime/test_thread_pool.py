"""The threads of workflows when the system refuses further ones: no work is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dbos.kernel import seam
from dbos.kernel.threads import ThreadPool


def refuse(name: str, target: Callable[[], None]) -> threading.Thread:
    raise RuntimeError("can't start new thread")


def test_work_that_gets_no_thread_is_done_by_the_next_that_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = ThreadPool("pool")
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def occupy() -> None:
        begun.set()
        go_on.wait(60)

    pool.submit(occupy)
    assert begun.wait(60)
    with monkeypatch.context() as patched:
        patched.setattr(seam, "start_thread", refuse)
        pool.submit(done.set)
    assert not done.is_set()
    go_on.set()
    assert done.wait(60)
    assert pool.stop(60)


def test_without_any_thread_the_work_is_refused_and_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = ThreadPool("pool")
    refused, accepted = threading.Event(), threading.Event()
    with monkeypatch.context() as patched:
        patched.setattr(seam, "start_thread", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            pool.submit(refused.set)
    pool.submit(accepted.set)
    assert accepted.wait(60)
    assert pool.stop(60)
    assert not refused.is_set()
