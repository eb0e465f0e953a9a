"""Stored schedules over restarts, from clients and inside workflows; damaged ones spoil nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from dbos import DBOS, DBOSClient, DBOSConfig, SetWorkflowID, testing
from dbos.error import DBOSException
from support.behaviour import SystemTables, eventually

NEVER = "0 0 29 2 *"
HOUR_MS = 3_600_000


def declare() -> tuple[Any, list[datetime.datetime]]:
    """Declare the workflow that is scheduled; returns it and the ticks that it ran at."""
    ticks: list[datetime.datetime] = []

    @DBOS.workflow(name="job")
    def job(scheduled_time: datetime.datetime, context: Any) -> Any:
        ticks.append(scheduled_time)
        return context

    DBOS.create_schedule(schedule_name="hourly", workflow_fn=job, schedule="0 * * * *", context=1)
    return job, ticks


def rewind(tables: SystemTables, hours: int) -> None:
    """Make the schedule believe that it last fired so many hours ago."""
    tables.execute(
        f"UPDATE {tables.table('workflow_schedules')} SET automatic_backfill = 1,"
        " last_fired_at = created_at - :back",
        back=hours * HOUR_MS,
    )


def test_a_damaged_schedule_does_not_stop_the_others(launched: None, database_url: str) -> None:
    job, ticks = declare()
    tables = SystemTables(database_url)
    tables.execute(f"UPDATE {tables.table('workflow_schedules')} SET schedule = 'broken'")
    DBOS.create_schedule(schedule_name="often", workflow_fn=job, schedule="* * * * * *")
    eventually(lambda: len(ticks) >= 1, "a tick of the whole one")


@pytest.mark.parametrize("given", [{"schedule": "nope"}, {"typo": 1}, {"workflow_fn": len}])
def test_applying_stores_all_or_nothing(launched: None, given: dict[str, Any]) -> None:
    job, _ = declare()
    right = {"schedule_name": "right", "workflow_fn": job, "schedule": NEVER}
    wrong: Any = {**right, "schedule_name": "wrong", **given}
    with pytest.raises(DBOSException):
        DBOS.apply_schedules([right, wrong])  # type: ignore[list-item]
    assert [one["schedule_name"] for one in DBOS.list_schedules()] == ["hourly"]


def test_applying_keeps_what_is_paused(launched: None) -> None:
    job, _ = declare()
    DBOS.pause_schedule("hourly")
    DBOS.apply_schedules([{"schedule_name": "hourly", "workflow_fn": job, "schedule": NEVER}])
    found = DBOS.get_schedule("hourly")
    assert found is not None
    assert (found["status"], found["schedule"]) == ("PAUSED", NEVER)


def test_missed_ticks_are_made_up_after_a_restart(config: DBOSConfig, database_url: str) -> None:
    DBOS(config=config)
    DBOS.launch()
    _, ticks = declare()
    DBOS.destroy()
    rewind(SystemTables(database_url), hours=3)
    DBOS(config=config)
    DBOS.launch()
    eventually(lambda: len(ticks) >= 3, "the missed ticks")
    # An hour may begin while the test runs.
    assert len(set(ticks)) == len(ticks) in (3, 4)
    assert all(tick.minute == 0 for tick in ticks)


def test_a_client_creates_and_triggers(launched: None, database_url: str) -> None:
    _, ticks = declare()
    with DBOSClient(system_database_url=database_url) as client:
        client.create_schedule(
            schedule_name="yearly", workflow_name="job", schedule=NEVER, context={"by": "client"}
        )
        handle = client.trigger_schedule("yearly")
        assert handle.get_result() == {"by": "client"}
        assert [one["schedule_name"] for one in client.list_schedules()] == ["hourly", "yearly"]
        with pytest.raises(DBOSException, match="nothing"):
            client.trigger_schedule("nothing")
    assert len(ticks) == 1


def test_a_trigger_in_a_workflow_is_not_repeated_by_a_replay(
    launched: None, database_url: str
) -> None:
    _, ticks = declare()

    @DBOS.workflow()
    def workflow() -> Any:
        return DBOS.trigger_schedule("hourly").get_result()

    with SetWorkflowID("w"):
        assert workflow() == 1
    SystemTables(database_url).force_status("w", "PENDING")
    (handle,) = testing.recover_pending_workflows()
    assert handle.get_result() == 1
    assert len(ticks) == 1
