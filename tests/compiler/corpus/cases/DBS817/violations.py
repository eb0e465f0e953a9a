"""Retries that are configured and never happen, or never could."""

from dbos import DBOS


@DBOS.step(max_attempts=10)
def not_allowed(name: str) -> str:  # flags: DBS817:warning
    return name


@DBOS.step(retries_allowed=False, max_attempts=5, interval_seconds=2.0)
def forbidden(name: str) -> str:  # flags: DBS817:warning
    return name


@DBOS.step(retries_allowed=True, max_attempts=0)
def no_attempt(name: str) -> str:  # flags: DBS817:warning
    return name


@DBOS.step(retries_allowed=True, backoff_rate=0.5)
def faster_and_faster(name: str) -> str:  # flags: DBS817:warning
    return name


@DBOS.step(retries_allowed=True, interval_seconds=-1.0)
def negative_pause(name: str) -> str:  # flags: DBS817:warning
    return name


@DBOS.step(interval_seconds=5)
async def pause_without_retries(name: str) -> str:  # flags: DBS817:warning
    return name


class Shop:
    @DBOS.step(backoff_rate=3)
    def sell(self, name: str) -> str:  # flags: DBS817:warning
        return name


@DBOS.step(retries_allowed=True, max_attempt=3)  # flags: DBS817:error
def misspelt(name: str) -> str:
    return name.upper() + str(len(name))
