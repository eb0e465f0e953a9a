"""Everything about time, in one module, as programs have it."""

import datetime as dt
import time as _time
from datetime import UTC

try:
    from zoneinfo import ZoneInfo
except ImportError:
    ZoneInfo = None


def moment() -> str:
    return dt.datetime.now(UTC).isoformat()  # flags: DBS001


def current_second() -> float:
    return _time.time()  # flags: DBS001


def _private() -> float:
    return _time.time_ns() / 2  # flags: DBS001


def deepest() -> float:
    return _private()
