"""Steps that say how to retry but not that they may."""

from dbos import DBOS


@DBOS.step(max_attempts=10)  # fix DBS817: DBOS.step(max_attempts=10)
def fetch() -> str:
    """Fetches."""
    return ""


@DBOS.step(  # fix DBS817: DBOS.step(
    max_attempts=10,
    interval_seconds=0.5,
)
def send() -> str:
    """Sends."""
    return ""
