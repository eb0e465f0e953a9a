"""Schedules created at run time: stored, listed, paused, triggered and filled in backwards."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from dbos import DBOS, DBOSClient
from dbos.error import DBOSException
from support.behaviour import eventually

pytestmark = pytest.mark.usefixtures("launched")

EVERY_SECOND = "* * * * * *"
NEVER = "0 0 29 2 *"

api: Any = DBOS


class Job:
    """A workflow that notes the times and contexts that it is given."""

    def __init__(self) -> None:
        self.ticks: list[tuple[datetime.datetime, Any]] = []

        @DBOS.workflow(name="job")
        def job(scheduled_time: datetime.datetime, context: Any) -> str:
            self.ticks.append((scheduled_time, context))
            return "ran"

        self.workflow = job


@pytest.fixture
def job(launched: None) -> Job:
    """What the schedules run."""
    return Job()


def create(job: Job, name: str, schedule: str = NEVER, **options: Any) -> None:
    """Create a schedule of the job."""
    api.create_schedule(schedule_name=name, workflow_fn=job.workflow, schedule=schedule, **options)


def test_a_name_is_taken_once(job: Job) -> None:
    create(job, "nightly")
    with pytest.raises(Exception, match="nightly"):
        create(job, "nightly")


@pytest.mark.parametrize("cron", ["nope", "", "* * *"])
def test_a_wrong_expression_is_refused(job: Job, cron: str) -> None:
    with pytest.raises(Exception, match=r"(?i)cron"):
        create(job, "wrong", cron)
    assert api.list_schedules() == []


def test_a_schedule_fires_with_its_context(job: Job) -> None:
    create(job, "often", EVERY_SECOND, context={"shop": "Rome"})
    eventually(lambda: len(job.ticks) >= 2, "two ticks")
    scheduled, context = job.ticks[0]
    assert context == {"shop": "Rome"}
    assert scheduled.microsecond == 0
    assert scheduled.tzinfo is not None
    rows = DBOS.list_workflows(schedule_name="often")
    assert {row.workflow_id.partition("-2")[0] for row in rows} == {"sched-often"}


def test_a_schedule_is_read(job: Job) -> None:
    create(job, "nightly", context=[1], cron_timezone="Europe/Rome")
    schedule = api.get_schedule("nightly")
    assert schedule["schedule_name"] == "nightly"
    assert schedule["workflow_name"] == "job"
    assert schedule["schedule"] == NEVER
    assert schedule["status"] == "ACTIVE"
    assert schedule["context"] == [1]
    assert schedule["cron_timezone"] == "Europe/Rome"
    assert api.get_schedule("missing") is None


def test_schedules_are_listed_by_state_workflow_and_prefix(job: Job) -> None:
    for name in ("a-one", "a-two", "b-one"):
        create(job, name)
    api.pause_schedule("a-two")

    def names(**filters: Any) -> list[str]:
        return sorted(each["schedule_name"] for each in api.list_schedules(**filters))

    assert names() == ["a-one", "a-two", "b-one"]
    assert names(status="ACTIVE") == ["a-one", "b-one"]
    assert names(status="PAUSED") == ["a-two"]
    assert names(schedule_name_prefix="a-") == ["a-one", "a-two"]
    assert names(workflow_name="job") == ["a-one", "a-two", "b-one"]
    assert names(workflow_name="other") == []


def test_a_paused_schedule_goes_on_when_resumed(job: Job) -> None:
    create(job, "nightly")
    api.pause_schedule("nightly")
    assert api.get_schedule("nightly")["status"] == "PAUSED"
    api.resume_schedule("nightly")
    assert api.get_schedule("nightly")["status"] == "ACTIVE"


def test_a_schedule_is_triggered_now(job: Job) -> None:
    create(job, "nightly", context="by hand")
    assert api.trigger_schedule("nightly").get_result() == "ran"
    assert [context for _, context in job.ticks] == ["by hand"]
    with pytest.raises(Exception, match="missing"):
        api.trigger_schedule("missing")


def test_missed_ticks_are_filled_in(job: Job) -> None:
    create(job, "hourly", "0 * * * *")
    start = datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.UTC)
    handles = api.backfill_schedule("hourly", start, start + datetime.timedelta(hours=3))
    assert {handle.get_result() for handle in handles} == {"ran"}
    hours = {scheduled.hour for scheduled, _ in job.ticks}
    assert {1, 2} <= hours <= {0, 1, 2, 3}
    again = api.backfill_schedule("hourly", start, start + datetime.timedelta(hours=3))
    for handle in again:
        handle.get_result()
    assert len(job.ticks) == len(handles)


def test_a_deleted_schedule_is_gone(job: Job) -> None:
    create(job, "nightly")
    api.delete_schedule("nightly")
    assert api.get_schedule("nightly") is None
    create(job, "nightly")


def test_schedules_are_applied_together(job: Job) -> None:
    create(job, "kept")
    api.apply_schedules(
        [
            {
                "schedule_name": name,
                "workflow_fn": job.workflow,
                "schedule": NEVER,
                "context": None,
            }
            for name in ("first", "second")
        ]
    )
    names = {each["schedule_name"] for each in api.list_schedules()}
    assert {"first", "second"} <= names


def test_class_methods_run_on_their_class_and_methods_of_instances_are_refused() -> None:
    ran: list[Any] = []

    @DBOS.dbos_class("Reports")
    class Reports:
        @classmethod
        @DBOS.workflow(name="of the class")
        def of_the_class(cls, scheduled_time: datetime.datetime, context: Any) -> None:
            ran.append((cls.__name__, context))

        @staticmethod
        @DBOS.workflow(name="static")
        def static(scheduled_time: datetime.datetime, context: Any) -> None:
            ran.append(("static", context))

        @DBOS.workflow(name="of an instance")
        def of_an_instance(self, scheduled_time: datetime.datetime, context: Any) -> None: ...

    for name, function in (("a", Reports.of_the_class), ("b", Reports.static)):
        api.create_schedule(schedule_name=name, workflow_fn=function, schedule=NEVER, context=name)
        api.trigger_schedule(name).get_result()
    assert ran == [("Reports", "a"), ("static", "b")]
    assert api.get_schedule("a")["workflow_class_name"] == "Reports"
    assert api.get_schedule("b")["workflow_class_name"] is None
    [row] = DBOS.list_workflows(schedule_name="a")
    assert row.class_name == "Reports"
    with pytest.raises(DBOSException, match="is a method"):
        api.create_schedule(schedule_name="c", workflow_fn=Reports.of_an_instance, schedule=NEVER)


def test_a_client_schedules_a_class_method_by_the_name_of_its_class(database_url: str) -> None:
    ran: list[str] = []

    @DBOS.dbos_class("Reports")
    class Reports:
        @classmethod
        @DBOS.workflow(name="daily")
        def daily(cls, scheduled_time: datetime.datetime, context: Any) -> None:
            ran.append(cls.__name__)

    with DBOSClient(system_database_url=database_url) as client:
        client.create_schedule(
            schedule_name="daily",
            workflow_name="daily",
            workflow_class_name="Reports",
            schedule=NEVER,
            application_name="other",
        )
        client.trigger_schedule("daily").get_result()
        assert [one["schedule_name"] for one in client.list_schedules(application_name="other")]
        assert client.list_schedules(application_name="behaviour") == []
    assert ran == ["Reports"]


def test_the_last_tick_and_the_owner_are_on_record(job: Job) -> None:
    create(job, "often", EVERY_SECOND)
    eventually(lambda: api.get_schedule("often")["last_fired_at"] is not None, "one tick")
    schedule = api.get_schedule("often")
    fired = datetime.datetime.fromisoformat(schedule["last_fired_at"])
    assert fired.tzinfo is not None
    assert fired.microsecond == 0
    assert schedule["application_name"] == "behaviour"
    create(job, "nightly")
    assert api.get_schedule("nightly")["schedule_id"] != schedule["schedule_id"]
