"""The servers of tests start, however long a busy machine takes for it."""

from __future__ import annotations

import subprocess

import pytest

from support import postgres
from support.postgres import patiently


def test_a_server_that_takes_its_time_is_waited_for() -> None:
    refusals: list[Exception] = [
        subprocess.TimeoutExpired("pg_ctl", 10),
        subprocess.CalledProcessError(1, "useradd"),
        AssertionError("not ready"),
    ]

    def start() -> str:
        if refusals:
            raise refusals.pop()
        return "started"

    assert patiently(start) == "started"


def test_a_server_that_never_starts_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "START_SECONDS", 0.0)

    def start() -> None:
        raise subprocess.TimeoutExpired("pg_ctl", 10)

    with pytest.raises(subprocess.TimeoutExpired, match="pg_ctl"):
        patiently(start)
