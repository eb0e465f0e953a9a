"""Steps that say how to retry but not that they may."""

from dbos import DBOS


@DBOS.step(retries_allowed=True, max_attempts=10)
def fetch() -> str:
    """Fetches."""
    return ""


@DBOS.step(
    max_attempts=10,
    interval_seconds=0.5,
    retries_allowed=True,
)
def send() -> str:
    """Sends."""
    return ""
