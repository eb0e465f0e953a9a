"""Counters, accumulators and callbacks kept in closures."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dbos import DBOS

_serial = itertools.count(1)
_totals = {"rows": 0, "errors": 0}
STARTED = time.time()


def make_counter(start: int = 0) -> Callable[[], int]:
    count = start

    def bump() -> int:
        nonlocal count
        count += 1
        return count

    return bump


shared_counter = make_counter()


@dataclass
class Progress:
    done: int = 0
    failed: list[str] = field(default_factory=list)
    on_failure: Callable[[str], Any] = print

    def fail(self, name: str) -> None:
        self.failed.append(name)
        self.on_failure(name)


class Numbering:
    _next = 0

    @classmethod
    def take(cls) -> int:
        cls._next += 1  # flags: DBS604
        return cls._next  # maybe: DBS603


@DBOS.step()
def insert(number: int, row: str) -> str:
    return f"{number}:{row}"


@DBOS.step()
def tally(counts: dict[str, int], row: str) -> None:
    counts[row] = counts.get(row, 0) + 1


@DBOS.workflow()
def import_rows(rows: list[str]) -> dict[str, Any]:
    bump = make_counter()
    progress = Progress(on_failure=lambda name: None)
    total = 0

    def one(row: str) -> str:
        nonlocal total
        total += len(row)
        if not row:
            progress.fail(row)
        return insert(bump(), row)

    done = [one(row) for row in rows]
    return {"done": done, "total": total, "failed": progress.failed}


@DBOS.workflow()
def import_numbered(rows: list[str]) -> list[str]:
    done = []
    for row in rows:
        done.append(insert(next(_serial), row))  # flags: DBS609
        _totals["rows"] += 1  # flags: DBS602
    done.append(insert(Numbering.take(), "last"))
    return done


@DBOS.workflow()
def import_shared(row: str) -> str:
    number = shared_counter()  # maybe: DBS602
    return insert(number, row)


@DBOS.workflow()
def import_tallied(rows: list[str]) -> int:
    counts: dict[str, int] = {}
    for row in rows:
        tally(counts, row)  # flags: DBS605
    return len(counts)


@DBOS.workflow()
def import_late(rows: list[str]) -> int:
    if STARTED > 1_800_000_000:  # flags: DBS302
        insert(0, "late")
    return len(rows)


def report() -> str:
    _totals["errors"] += 1
    return f"{_totals} {shared_counter()} {next(_serial)}"
