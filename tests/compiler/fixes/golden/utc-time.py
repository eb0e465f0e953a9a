"""Times that depend on the zone of the machine."""

import time
from datetime import datetime

from dbos import DBOS


@DBOS.workflow()
def report(stamp: float) -> str:
    """Shows a time."""
    hour = datetime.fromtimestamp(stamp).hour  # fix DBS005: datetime.fromtimestamp(stamp)
    other = datetime(2026, 1, 1).astimezone()  # fix DBS005: datetime(2026, 1, 1).astimezone()
    day = time.localtime(stamp).tm_mday  # fix DBS005: time.localtime(stamp)
    return f"{hour}{other}{day}"
