"""A workflow resumed while a step of its cancelled execution is still under way."""

from __future__ import annotations

import threading

from dbos import DBOS, DBOSConfig, SetWorkflowID
from support.behaviour import in_thread


def test_the_step_in_flight_keeps_its_outcome_and_is_not_run_again(database_url: str) -> None:
    DBOS.destroy(destroy_registry=True)
    config: DBOSConfig = {"name": "in-flight", "system_database_url": database_url}
    DBOS(config=config)
    entered, release = threading.Event(), threading.Event()
    ran: list[str] = []

    @DBOS.step()
    def slow() -> str:
        ran.append("slow")
        entered.set()
        release.wait(30)
        return "outcome"

    @DBOS.step()
    def last(text: str) -> str:
        ran.append("last")
        return text

    @DBOS.workflow()
    def workflow() -> str:
        return last(slow())

    DBOS.launch()
    with SetWorkflowID("flight"):
        DBOS.start_workflow(workflow)
    assert entered.wait(30)
    DBOS.cancel_workflow("flight")
    resumers = [in_thread(lambda: DBOS.resume_workflow("flight")) for _ in range(3)]
    assert ran == ["slow"]
    release.set()
    for resumer in resumers:
        resumer.join(30)
    assert DBOS.retrieve_workflow("flight").get_result() == "outcome"
    assert ran == ["slow", "last"]
    DBOS.destroy(destroy_registry=True)
