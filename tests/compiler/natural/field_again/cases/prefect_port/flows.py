"""Ported from another orchestrator: a compatibility layer in front of DBOS."""

from __future__ import annotations

import functools
import os
from typing import Any, Callable

from dbos import DBOS


def task(function: Callable[..., Any] | None = None, *, retries: int = 0):
    if function is None:
        return functools.partial(task, retries=retries)
    return DBOS.step(retries_allowed=retries > 0, max_attempts=max(retries, 1))(function)


def flow(function: Callable[..., Any]):
    return DBOS.workflow()(function)


@task
def extract(day: str) -> list[int]:
    return [len(day)]


@task(retries=3)
def load(rows: list[int]) -> int:
    return sum(rows)


def label(day: str) -> str:
    return f"{day}@{os.environ['HOSTNAME']}"  # flags: DBS301


@flow
def pipeline(day: str) -> str:
    rows = extract(day)
    count = load(rows)
    return f"{label(day)}: {count}"
