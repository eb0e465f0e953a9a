from __future__ import annotations

from datetime import date, datetime

import httpx
from dbos import DBOS, Queue

from .calendar import Slot, free, next_working_day
from .settings import settings, template

sms_queue = Queue("sms", limiter={"limit": 10, "period": 1.0})


@DBOS.step(retries_allowed=True, max_attempts=3)
def send_sms(to: str, text: str) -> None:
    httpx.post("https://sms.example.com", json={"from": settings.sms_sender, "to": to, "text": text})


@DBOS.transaction(isolation_level="SERIALIZABLE")
def taken(day: str) -> list[Slot]:
    rows = DBOS.sql_session.execute("SELECT start FROM appointments WHERE day = :day", {"day": day})
    return [Slot(row.start) for row in rows]


@DBOS.transaction()
def book(patient: str, slot: Slot) -> bool:
    DBOS.sql_session.execute(
        "INSERT INTO appointments VALUES (:patient, :start)", {"patient": patient, "start": slot.start}
    )
    return True


@DBOS.workflow()
def notify(to: str, kind: str, name: str) -> None:
    send_sms(to, template(f"{kind}.txt").format(name=name))


@DBOS.workflow()
def appointment(patient: str, phone: str, zone: str) -> str | None:
    day = next_working_day()
    candidates = free(day, taken(day.isoformat()), zone)
    if not candidates:
        return None
    slot = candidates[0]
    book(patient, slot)
    sms_queue.enqueue(notify, phone, "booked", patient)
    wait = (slot.start - datetime.now(slot.start.tzinfo)).total_seconds()  # flags: DBS001
    DBOS.sleep(max(0, wait - settings.reminder_hours * 3600))  # flags: DBS302
    sms_queue.enqueue(notify, phone, "reminder", patient)
    return slot.start.isoformat()


@DBOS.workflow()
def plan(day: str, zone: str) -> int:
    return len(free(date.fromisoformat(day), taken(day), zone))
