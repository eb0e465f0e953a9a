"""Times that depend on the zone of the machine."""

import time
from datetime import UTC, datetime

from dbos import DBOS


@DBOS.workflow()
def report(stamp: float) -> str:
    """Shows a time."""
    hour = datetime.fromtimestamp(stamp, tz=UTC).hour
    other = datetime(2026, 1, 1).astimezone(UTC)
    day = time.gmtime(stamp).tm_mday
    return f"{hour}{other}{day}"
