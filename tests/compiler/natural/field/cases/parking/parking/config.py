import json
import os
from functools import cache
from pathlib import Path

DEBUG = os.environ.get("DEBUG") == "1"
RATES = {"day": 3, "night": 1}
_FREE_HOURS = 2


@cache
def _tariffs() -> dict[str, int]:
    return json.loads(Path("tariffs.json").read_text())  # flags: DBS203


def tariff(gate: str) -> int:
    return _tariffs()[gate]


def extra(hours: int) -> int:
    return max(0, hours - _FREE_HOURS)
