"""Retries that make sense, or none."""

from dbos import DBOS

ATTEMPTS = 5


@DBOS.step()
def plain(name: str) -> str:
    return name


@DBOS.step(retries_allowed=True)
def default_retries(name: str) -> str:
    return name


@DBOS.step(retries_allowed=True, max_attempts=10, interval_seconds=0.5, backoff_rate=1.0)
def all_said(name: str) -> str:
    return name


@DBOS.step(retries_allowed=False)
def none_wanted(name: str) -> str:
    return name


@DBOS.step(name="named")
def named(name: str) -> str:
    return name


@DBOS.step(retries_allowed=True, max_attempts=ATTEMPTS)
async def by_constant(name: str) -> str:
    return name


def retry(max_attempts: int):
    return lambda function: function


@retry(max_attempts=0)
def own_decorator(name: str) -> str:
    return name
