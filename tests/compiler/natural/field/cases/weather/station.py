from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from dbos import DBOS

if TYPE_CHECKING:
    from influxdb_client import InfluxDBClient

REGION = os.getenv("REGION", "eu")
THRESHOLD = 30


@DBOS.step()
def measure(station: str) -> float:
    return time.time() % 40


@DBOS.step()
def alarm(station: str, value: float) -> None:
    print(station, value)


check = partial(measure)
now = time.time


@DBOS.workflow()
def watch(station: str, rounds: int) -> int:
    alarms = 0
    for _ in range(rounds):
        value = check(station)
        if value > THRESHOLD and REGION == "eu":  # flags: DBS302
            alarm(station, value)
            alarms += 1
        DBOS.sleep(60)
    DBOS.set_event("finished", now())  # flags: DBS001
    return alarms
