"""The shop's own records: one line for each thing that really happened.

Only steps write here. A line is on disk before the step returns, so the ledger tells
what ran, how often, and in which process, even when that process was killed.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TypedDict


class Entry(TypedDict):
    """One effect: what was done, for which order, by which process, when (epoch seconds)."""

    effect: str
    order: str
    process: int
    at: float


def path() -> Path:
    """The ledger file: `SHOP_LEDGER`, or `ledger.jsonl` in the working directory."""
    return Path(os.environ.get("SHOP_LEDGER", "ledger.jsonl"))


def record(effect: str, order: str) -> None:
    """Append one effect and wait until it is on disk."""
    entry = Entry(effect=effect, order=order, process=os.getpid(), at=time.time())
    with path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
        file.flush()
        os.fsync(file.fileno())


def entries(order: str) -> list[Entry]:
    """All effects of one order, oldest first."""
    if not path().exists():
        return []
    lines = path().read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["order"] == order]
