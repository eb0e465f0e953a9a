import astropy.units as u
from astropy.time import Time
from dbos import DBOS
import pendulum
import arrow


@DBOS.step()
def expose(seconds: float) -> str:
    return str(seconds)


@DBOS.workflow()
def night(target: str) -> str:
    begin = pendulum.now("UTC")  # flags: DBS001
    image = expose(30.0)
    end = arrow.utcnow()  # flags: DBS001
    day = pendulum.datetime(2024, 1, 1)
    return f"{target} {begin} {end} {day} {image}"


@DBOS.workflow()
def planned(target: str, at: str) -> str:
    when = pendulum.parse(at)
    return expose(float(when.hour))
