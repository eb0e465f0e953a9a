from __future__ import annotations

from datetime import datetime

from dbos import DBOS


@DBOS.step()
def work() -> None:
    print("work")


@DBOS.scheduled("*/10 * * * * *")
@DBOS.workflow()
def seconds(scheduled: datetime, actual: datetime) -> None:
    work()


@DBOS.workflow()
@DBOS.scheduled("0 * * * *")
def wrong_order(scheduled: datetime, actual: datetime) -> None:  # flags: DBS813
    work()


@DBOS.scheduled("0 25 * * *")
@DBOS.workflow()
def wrong_hour(scheduled: datetime, actual: datetime) -> None:  # flags: DBS816
    work()


class Jobs:
    @staticmethod
    @DBOS.scheduled("0 1 * * *")
    @DBOS.workflow()
    def nightly(scheduled: datetime, actual: datetime) -> None:
        work()

    @DBOS.workflow()
    @staticmethod
    def misplaced(name: str) -> str:  # flags: DBS813
        return name


@DBOS.workflow()
def late(name: str) -> str:
    patched = DBOS.patch("new-flow")
    if patched:
        work()
    return name


DBOS.step()  # flags: DBS812
def forgotten(name: str) -> str:
    return name
