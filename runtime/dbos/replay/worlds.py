"""Other worlds: the same program on another day, in another place, under another hash seed.

In: the number of a world. Out: the environment of a process in that world, and a process that is
changed so. Never changes what a program needs in order to run at all.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping

HASH_SEED = "PYTHONHASHSEED"
_ZONES = ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "Pacific/Pago_Pago")
_DAY_SECONDS = 86_400.0
_MARK = "another world"
# Without these, Python, its packages or the system itself would not work as installed.
_NEEDED = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "SYSTEMROOT", "COMSPEC", "VIRTUAL_ENV")
_OFTEN_READ = ("USER", "LOGNAME", "HOSTNAME")
_NEEDED_PREFIXES = ("PYTHON", "LC_", "LD_", "DYLD_", "COV_", "SSL_")


def environment(number: int, given: Mapping[str, str]) -> dict[str, str]:
    """The environment in which to start a process for world ``number``."""
    return {**given, HASH_SEED: str(1_000 + 7_919 * number), "TZ": _ZONES[number % len(_ZONES)]}


def clock_shift_seconds(number: int) -> float:
    """How far the clock of a world is from the recorded one: another day, month and hour."""
    return (number + 1) * (37 * _DAY_SECONDS + 5 * 3600 + 1234.567)


def enter(number: int) -> None:
    """Change this process: environment variables, working directory, time zone, random state.

    Called once everything is imported, so that only what the workflows do can tell.
    """
    for name in {*os.environ, *_OFTEN_READ}:
        if name not in (*_NEEDED, "TZ") and not name.startswith(_NEEDED_PREFIXES):
            os.environ[name] = f"{_MARK} {number}"
    os.environ["DBOS_REPLAY_WORLD"] = str(number)
    if hasattr(time, "tzset"):
        time.tzset()
    os.chdir(tempfile.gettempdir())
    random.seed(number)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(number)
