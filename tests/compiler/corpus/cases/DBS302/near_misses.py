"""Constants that are the same in every process, and others that no workflow reads."""

import os
import random
import re
import time
from datetime import UTC, datetime, timedelta

from dbos import DBOS

LIMIT = 3
SEASON = datetime(2026, 12, 1, tzinfo=UTC)
PAUSE = timedelta(days=1)
PATTERN = re.compile(r"\d+")
DICE = random.Random(5).randint(1, 6)
NAMES = sorted({"a", "b", "c"})
PRICES = {"tea": 300, "cake": 450}
STARTED = time.time()
MODE = os.environ.get("MODE", "live")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def uptime() -> float:
    return time.time() - STARTED


def in_debug() -> bool:
    """No workflow calls this."""
    return MODE == "debug"


@DBOS.workflow()
def limited(names: list[str]) -> list[str]:
    for name in names[:LIMIT]:
        save(name, LIMIT)
    return names


@DBOS.workflow()
def seasonal(name: str) -> datetime:
    save(name, SEASON.isoformat())
    return SEASON + PAUSE


@DBOS.workflow()
def matched(name: str) -> bool:
    found = PATTERN.search(name) is not None
    save(name, found)
    return found


@DBOS.workflow()
def fixed_dice(name: str) -> int:
    save(name, DICE)
    return DICE


@DBOS.workflow()
def ordered_names() -> list[str]:
    for name in NAMES:
        save(name, PRICES.get(name, 0))
    return NAMES


@DBOS.workflow()
def read_in_a_step(name: str) -> float:
    return uptime()


@DBOS.workflow()
def local_of_that_name(name: str) -> str:
    MODE = "live"
    save(name, MODE)
    return MODE
