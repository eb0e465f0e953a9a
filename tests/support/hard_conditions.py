"""Databases made hard to live with, and what a process says of it.

In: the URL of a database of the test's own, or what is to be done meanwhile. Out: SQL executed,
connections ended, answers. It never ends a connection of another database.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from support.behaviour import eventually

Launch = Callable[..., None]
# The name of the connections that the tests themselves keep.
OURS = "the tests"


@contextlib.contextmanager
def administering(url: str) -> Iterator[Callable[[str], Any]]:
    """Executes SQL as the superuser."""
    with psycopg.connect(url, autocommit=True, application_name=OURS) as admin:
        yield lambda sql: admin.execute(sql.encode())


END_ALL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    f" WHERE datname = current_database() AND application_name <> '{OURS}'"
)


def end_connections(url: str) -> None:
    """End every connection of others to the database."""
    with administering(url) as execute:
        execute(END_ALL)


def says(caplog: pytest.LogCaptureFixture, *words: str) -> None:
    for each in words:
        eventually(lambda one=each: one in caplog.text, f"it says {each!r}", 30.0)  # type: ignore[misc]


@contextlib.contextmanager
def beside(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Do something in a thread; its answer is in the list after the block."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    try:
        yield answers
    finally:
        thread.join(60)
    assert answers, "it did not end well"
