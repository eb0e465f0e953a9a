"""Schedules that fire, with the two moments."""

from datetime import datetime

from dbos import DBOS

NIGHTLY = "0 2 * * *"


@DBOS.scheduled("* * * * *")
@DBOS.workflow()
def every_minute(scheduled: datetime, actual: datetime) -> None:
    return None


@DBOS.scheduled("*/5 8-17 * * 1-5")
@DBOS.workflow()
def office_hours(scheduled: datetime, actual: datetime) -> None:
    return None


@DBOS.scheduled("*/10 * * * * *")
@DBOS.workflow()
def with_seconds(scheduled: datetime, actual: datetime) -> None:
    return None


@DBOS.scheduled(NIGHTLY)
@DBOS.workflow()
def by_constant(scheduled: datetime, actual: datetime) -> None:
    return None


@DBOS.scheduled("0 0 1 JAN,JUL *")
@DBOS.workflow()
def with_names(scheduled, actual) -> None:
    return None


@DBOS.scheduled("0 0 * * sun")
@DBOS.workflow()
def with_default(scheduled: datetime, actual: datetime, dry: bool = False) -> None:
    return None


@DBOS.scheduled("@daily")
@DBOS.workflow()
def by_macro(*moments: datetime) -> None:
    return None
