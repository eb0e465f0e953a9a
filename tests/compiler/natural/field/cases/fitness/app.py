from datetime import datetime
from zoneinfo import ZoneInfo

from dateutil import parser
from dbos import DBOS
from dbos import Queue as DurableQueue

plans = DurableQueue("plans")
plans_again = DurableQueue("plans", concurrency=2)  # flags: DBS811


@DBOS.step()
def weather(city: str) -> str:
    return city


@DBOS.scheduled("every day")
@DBOS.workflow()
def morning(scheduled: datetime, actual: datetime) -> str:  # flags: DBS816
    berlin = scheduled.astimezone(ZoneInfo("Europe/Berlin"))
    return weather(str(berlin.hour))


@DBOS.scheduled("0 6 * * *")
@DBOS.workflow()
def breakfast(scheduled: datetime) -> str:  # flags: DBS816
    return weather(str(scheduled.astimezone().hour))  # flags: DBS005


@DBOS.workflow()
def plan(day: str) -> str:
    at = parser.isoparse(day)
    local = datetime.fromtimestamp(at.timestamp())  # flags: DBS005
    q = DurableQueue(f"plan-{at.day}")  # flags: DBS810
    return f"{local:%A} {q.name}"
