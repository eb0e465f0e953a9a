"""Wall clock: the workflow asks what time it is, and a replay gets another answer."""

import datetime as dt
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import datetime as clock

from dbos import DBOS

now = time.time


@DBOS.step()
def save(order_id: str, value: object) -> None:
    """Store a value."""


@dataclass
class Status:
    order_id: str
    history: list[str] = field(default_factory=list)

    def advance(self, state: str) -> None:
        self.history.append(f"{state}@{datetime.now(UTC).isoformat()}")  # flags: DBS001


def deadline(days: int) -> datetime:
    return clock.utcnow() + timedelta(days=days)  # flags: DBS001


class Breaker:
    def __init__(self, patience_seconds: float) -> None:
        self.opened_at = 0.0
        self.patience_seconds = patience_seconds

    @property
    def idle_seconds(self) -> float:
        return now() - self.opened_at  # flags: DBS001


@DBOS.workflow()
def stamp_order(order_id: str) -> str:
    created = datetime.now().isoformat()  # flags: DBS001
    save(order_id, created)
    return created


@DBOS.workflow()
def weekend_price(order_id: str, price_cents: int) -> int:
    if date.today().weekday() >= 5:  # flags: DBS001
        save(order_id, "weekend")
        return price_cents * 2
    return price_cents + dt.datetime.today().microsecond  # flags: DBS001


@DBOS.workflow()
def track(order_id: str) -> list[str]:
    status = Status(order_id)
    status.advance("received")
    save(order_id, status.history)
    return status.history


@DBOS.workflow()
def remind(order_id: str) -> None:
    save(order_id, deadline(days=3).timestamp())


@DBOS.workflow()
def guarded_charge(order_id: str) -> str:
    breaker = Breaker(patience_seconds=30)
    save(order_id, breaker.idle_seconds)
    return "done"


@DBOS.workflow()
def wait_for_shipment(order_id: str) -> str:
    end = time.time() + 60  # flags: DBS001
    while time.time() < end:  # flags: DBS001
        save(order_id, "poll")
    return "late"


@DBOS.workflow()
def expire_entries(ages: dict[str, int]) -> list[str]:
    expired = [key for key, at in ages.items() if at < time.time_ns() % 4]  # flags: DBS001
    save("expired", expired)
    stale = list(filter(lambda at: at < datetime.now().second % 3, ages.values()))  # flags: DBS001
    save("stale", stale)
    return expired


@DBOS.workflow()
def daily_report() -> str:
    day = time.strftime("%Y-%m-%d")  # flags: DBS001
    save("report", f"{day} {time.localtime().tm_hour} {time.ctime()}")  # flags: DBS001
    return day


class Billing:
    @staticmethod
    @DBOS.workflow()
    def invoice(order_id: str) -> float:
        import time as watch

        issued = watch.time()  # flags: DBS001
        save(order_id, issued)
        return issued
