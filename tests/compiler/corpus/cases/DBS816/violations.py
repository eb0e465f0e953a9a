"""Schedules that never fire, or that call with other arguments."""

from datetime import datetime

from dbos import DBOS


@DBOS.scheduled("61 * * * *")
@DBOS.workflow()
def minute_61(scheduled: datetime, actual: datetime) -> None:  # flags: DBS816
    return None


@DBOS.scheduled("* * *")
@DBOS.workflow()
def three_fields(scheduled: datetime, actual: datetime) -> None:  # flags: DBS816
    return None


@DBOS.scheduled("every day")
@DBOS.workflow()
def words(scheduled: datetime, actual: datetime) -> None:  # flags: DBS816
    return None


@DBOS.scheduled("0 0 * * *")
@DBOS.workflow()
def no_arguments() -> None:  # flags: DBS816
    return None


@DBOS.scheduled("0 0 * * *")
@DBOS.workflow()
def one_argument(scheduled: datetime) -> None:  # flags: DBS816
    return None


@DBOS.scheduled("0 0 * * *")
@DBOS.workflow()
def three_arguments(scheduled: datetime, actual: datetime, name: str) -> None:  # flags: DBS816
    return None


@DBOS.scheduled("0 0 * * *")
@DBOS.workflow()
def wrong_types(scheduled: str, actual: int) -> None:  # flags: DBS816
    return None


@DBOS.scheduled("0 25 * * *")
@DBOS.workflow()
def hour_25(scheduled: datetime, actual: datetime) -> None:  # flags: DBS816
    return None
