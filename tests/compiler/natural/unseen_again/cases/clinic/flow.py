from __future__ import annotations

import logging
from contextlib import ExitStack
from datetime import datetime

from dbos import DBOS, SetWorkflowID

from models import Patient, Visit, slots, ward

log = logging.getLogger(__name__)


class Desk:
    open_visits: dict[str, int] = {}
    limit = 3

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self.queue: list[str] = []

    def admit(self, visit: Visit) -> bool:
        self.queue.append(visit.code)
        type(self).open_visits[visit.code] = 1  # flags: DBS602
        return len(self.queue) < self.limit


desk = Desk()


@DBOS.step()
def book(code: str) -> str:
    return code


@DBOS.workflow()
def plan(patient: Patient, day: datetime, count: int) -> list[str]:
    booked = []
    with ExitStack() as stack:
        names = stack.enter_context(ward("A"))
        for at in slots(day, count):
            visit = stack.enter_context(Visit.planned(patient, at))
            if patient.age_at(at) > 17 and visit.kind == "first":
                booked.append(book(visit.code))
        names.append("done")
    return booked


@DBOS.workflow()
def walk_in(patient: Patient) -> str:
    visit = Visit(patient=patient)  # flags: DBS103 DBS006
    if patient.age < 18:
        return "ask the parents"
    here = Desk()
    if here.admit(visit):
        with SetWorkflowID(f"{DBOS.workflow_id}-control"):
            DBOS.start_workflow(control, visit.code)
    return book(visit.code)


@DBOS.workflow()
def control(code: str) -> str:
    desk.queue.append(code)  # flags: DBS602
    log.info("control of %s", code)
    return book(code)
