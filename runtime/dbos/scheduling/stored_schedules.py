"""Schedules that programs create at run time: stored, listed, paused, triggered, filled in.

In: names, workflows and cron expressions. Out: ``WorkflowSchedule`` values and handles. Never fires
by the clock, which is the ``Scheduler``'s duty; and never changes a schedule of a decorator.

A stored schedule gives its workflow the scheduled time and the schedule's context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, TypedDict

from dbos.conformance import find_workflow
from dbos.error import DBOSException
from dbos.handle import WorkflowHandle
from dbos.kernel import drive, operation, request, runtime, seam
from dbos.kernel.drive import Load, Protocol, Returned, Save
from dbos.management import texts
from dbos.registry import Declared
from dbos.scheduling.cron import Cron
from dbos.scheduling.schedule import Plan, enqueue_tick, moment_of, plan_of, tick_id
from dbos.status import shown
from dbos.validity import valid_text
from dbos.values import serialize


class WorkflowSchedule(TypedDict):
    """One schedule on record. ``last_fired_at`` is the last tick, in ISO 8601 and UTC.

    ``workflow_class_name`` is that of a class method, ``application_name`` that of its creator.
    """

    schedule_id: str
    schedule_name: str
    workflow_name: str
    workflow_class_name: str | None
    schedule: str
    status: str
    context: Any
    last_fired_at: str | None
    automatic_backfill: bool
    cron_timezone: str | None
    queue_name: str | None
    application_name: str | None


class ScheduleInput(TypedDict):
    """One schedule of ``apply_schedules``; the fields as in ``create_schedule``."""

    schedule_name: str
    workflow_fn: Callable[..., Any]
    schedule: str
    context: NotRequired[Any]
    automatic_backfill: NotRequired[bool]
    cron_timezone: NotRequired[str | None]
    queue_name: NotRequired[str | None]


class ClientScheduleInput(TypedDict):
    """The same for ``DBOSClient``, which names the workflow and, of a class method, the class."""

    schedule_name: str
    workflow_name: str
    workflow_class_name: NotRequired[str | None]
    application_name: NotRequired[str | None]
    schedule: str
    context: NotRequired[Any]
    automatic_backfill: NotRequired[bool]
    cron_timezone: NotRequired[str | None]
    queue_name: NotRequired[str | None]


FIELDS = frozenset(ScheduleInput.__annotations__) | frozenset(ClientScheduleInput.__annotations__)


def _row(given: Mapping[str, Any]) -> Any:
    """The row of a schedule. Raises ``DBOSException`` for what cannot be one."""
    from dbos.system.schedules import ACTIVE, StoredSchedule

    if not isinstance(given, Mapping) or not given.keys() <= FIELDS:
        raise DBOSException(f"A schedule has the fields {', '.join(sorted(FIELDS))}; not {given!r}")
    name = valid_text(given.get("schedule_name"), "The name of a schedule")
    Cron(given.get("schedule"), given.get("cron_timezone")).check()  # type: ignore[arg-type]
    queue_name = given.get("queue_name")
    context = serialize.encode(given.get("context"), what="context", allow_pickle=False)
    workflow_name, class_name = _workflow(given)
    return StoredSchedule(
        schedule_name=name,
        workflow_name=workflow_name,
        schedule=given["schedule"],
        status=ACTIVE,
        cron_timezone=given.get("cron_timezone"),
        queue_name=None if queue_name is None else valid_text(queue_name, "The name of a queue"),
        context=context.text,
        schedule_id=seam.new_id(),
        workflow_class_name=class_name,
        application_name=_application(given),
        automatic_backfill=int(bool(given.get("automatic_backfill"))),
        last_fired_at=None,
        created_at=seam.now_ms(),
    )


def _workflow(given: Mapping[str, Any]) -> tuple[str, str | None]:
    """The name of the workflow and, of a class method, that of its class."""
    if given.get("workflow_fn") is None:
        name = valid_text(given.get("workflow_name"), "The name of a workflow")
        class_name = given.get("workflow_class_name")
        return name, None if class_name is None else valid_text(class_name, "workflow_class_name")
    declared, bound = request.declared_of(given["workflow_fn"])
    if declared.member == "self":
        raise DBOSException(
            f"Workflow {declared.name} is a method; a schedule has no instance to call it on, so"
            " schedule a function that calls it"
        )
    if declared.member is not None and not bound:
        raise DBOSException(
            f"Workflow {declared.name} is a class method; give it as an attribute of its class"
        )
    return declared.name, request.bind(declared, bound).class_name


def _application(given: Mapping[str, Any]) -> str | None:
    """The application that a schedule belongs to: the one that creates it, unless given."""
    name = given.get("application_name")
    if name is not None:
        return valid_text(name, "application_name")
    now = runtime.active()
    return None if now.is_client else now.settings.name


def _create(
    *,
    schedule_name: str,
    workflow_fn: Callable[..., Any],
    schedule: str,
    context: Any = None,
    automatic_backfill: bool = False,
    cron_timezone: str | None = None,
    queue_name: str | None = None,
) -> Protocol[None]:
    """Store a schedule: from now on ``workflow_fn(scheduled_time, context)`` runs at its ticks.

    ``schedule`` has five cron fields, or six with seconds first, read in ``cron_timezone`` (default
    UTC). With ``automatic_backfill``, ticks that were missed while no process ran are made up.
    Raises ``DBOSException`` when the name is taken or the expression is none.
    """
    return (yield from _insert(locals()))


def _create_named(
    *,
    schedule_name: str,
    workflow_name: str,
    schedule: str,
    context: Any = None,
    workflow_class_name: str | None = None,
    automatic_backfill: bool = False,
    cron_timezone: str | None = None,
    queue_name: str | None = None,
    application_name: str | None = None,
) -> Protocol[None]:
    """Store a schedule of a workflow given by name; see ``DBOS.create_schedule``.

    Of a class method, ``workflow_class_name`` names the class.
    """
    return (yield from _insert(locals()))


def _insert(given: Mapping[str, Any]) -> Protocol[None]:
    from dbos.system import schedules

    row = _row(given)

    def make() -> Protocol[None]:
        if not (yield Save(schedules.create(row))):
            raise DBOSException(
                f"There is a schedule {row.schedule_name!r} already; delete it first, or change it"
                " with apply_schedules"
            )

    return (yield from operation.recorded("DBOS.createSchedule", (row.schedule_name,), make))


def _apply(schedules: Sequence[ScheduleInput | ClientScheduleInput]) -> Protocol[None]:
    """Create these schedules, or change those of the same names, all or none of them.

    Others are left alone; what is paused stays paused. Raises ``DBOSException`` for a schedule that
    cannot be one, before anything is stored.
    """
    from dbos.system import schedules as table

    rows = [_row(given) for given in schedules]
    names = tuple(row.schedule_name for row in rows)

    def make() -> Protocol[None]:
        yield Save(table.replace_all(rows))

    return (yield from operation.recorded("DBOS.applySchedules", names, make))


def _list(
    *,
    status: str | Sequence[str] | None = None,
    workflow_name: str | Sequence[str] | None = None,
    schedule_name_prefix: str | Sequence[str] | None = None,
    application_name: str | Sequence[str] | None = None,
) -> Protocol[list[WorkflowSchedule]]:
    """The stored schedules, by name; ``status="DECLARED"`` lists those of decorators."""
    from dbos.system import schedules

    wanted = texts(status) or (schedules.ACTIVE, schedules.PAUSED)
    workflows, prefixes = texts(workflow_name), texts(schedule_name_prefix)
    applications = texts(application_name)

    def make() -> Protocol[list[WorkflowSchedule]]:
        rows = yield Load(schedules.read_schedules())
        return [
            _shown(row)
            for row in rows
            if row.status in wanted
            and (workflows is None or row.workflow_name in workflows)
            and (prefixes is None or row.schedule_name.startswith(prefixes))
            and (applications is None or row.application_name in applications)
        ]

    asked = (wanted, workflows, prefixes, applications)
    return (yield from operation.recorded("DBOS.listSchedules", asked, make))


def _shown(row: Any) -> WorkflowSchedule:
    fired = row.last_fired_at
    return WorkflowSchedule(
        schedule_id=row.schedule_id or row.schedule_name,
        schedule_name=row.schedule_name,
        workflow_name=row.workflow_name,
        workflow_class_name=row.workflow_class_name,
        schedule=row.schedule,
        status=row.status,
        context=shown(row.context, serialize.JSON),
        last_fired_at=None if fired is None else moment_of(fired).isoformat(),
        automatic_backfill=bool(row.automatic_backfill),
        cron_timezone=row.cron_timezone,
        queue_name=row.queue_name,
        application_name=row.application_name,
    )


def _get(name: str) -> Protocol[WorkflowSchedule | None]:
    """The stored schedule of this name, or None."""
    valid_text(name, "The name of a schedule")
    found = yield from _list(schedule_name_prefix=name)
    return next((one for one in found if one["schedule_name"] == name), None)


def _delete(name: str) -> Protocol[None]:
    """Forget a schedule; workflows that it started go on."""
    from dbos.system import schedules

    valid_text(name, "The name of a schedule")

    def make() -> Protocol[None]:
        yield Save(schedules.remove(name))

    return (yield from operation.recorded("DBOS.deleteSchedule", (name,), make))


def _pause(name: str) -> Protocol[None]:
    """Let a stored schedule fire no more until it is resumed. Raises ``DBOSException``."""
    return (yield from _set_status("DBOS.pauseSchedule", name, "PAUSED"))


def _resume(name: str) -> Protocol[None]:
    """Let a paused schedule fire again. Raises ``DBOSException`` when there is none."""
    return (yield from _set_status("DBOS.resumeSchedule", name, "ACTIVE"))


def _set_status(what: str, name: str, status: str) -> Protocol[None]:
    from dbos.system import schedules

    valid_text(name, "The name of a schedule")

    def make() -> Protocol[None]:
        if not (yield Save(schedules.set_status(name, status))):
            raise _missing(name)

    return (yield from operation.recorded(what, (name,), make))


def _missing(name: str) -> DBOSException:
    return DBOSException(f"There is no stored schedule {name!r}; create it with create_schedule")


def _plan(name: str) -> Protocol[Plan]:
    from dbos.system import schedules

    valid_text(name, "The name of a schedule")
    for row in (yield Load(schedules.read_schedules())):
        if row.schedule_name == name and row.status != schedules.DECLARED:
            return plan_of(row)
    raise _missing(name)


def _declared(plan: Plan) -> Declared:
    """The workflow of a plan; by name only where its code is not at hand, as in a client."""
    now = runtime.active()
    found = find_workflow(plan.workflow_name, now.registry)
    return found or Declared(
        name=plan.workflow_name, function=_elsewhere, is_async=False, member=None
    )


def _elsewhere(*_: Any) -> Any:
    raise DBOSException("This process does not have the code of the workflow")


def _trigger(name: str) -> Protocol[str]:
    """Enqueue the workflow of a schedule now; answers its id."""
    moment = moment_of(seam.now_ms())
    frame = operation.in_workflow("DBOS.trigger_schedule")
    begun = None
    workflow_id = f"sched-{name}-trigger-{moment.isoformat()}"
    if frame is not None:
        begun = operation.begin(frame, "DBOS.triggerSchedule", serialize.digest(name))
        if begun.recorded is not None:
            return str(drive.unwrap(operation.replayed(begun)))
        workflow_id = f"{frame.execution.workflow_id}-{begun.number}"
    plan = yield from _plan(name)
    yield from enqueue_tick(runtime.active(), plan, _declared(plan), moment, workflow_id)
    if begun is not None:
        yield from operation.complete(begun, Returned(workflow_id), "workflow id")
    return workflow_id


def _backfill(name: str, start: datetime, end: datetime) -> Protocol[list[str]]:
    """Enqueue the workflows of all ticks from ``start`` to before ``end``; answers their ids."""
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        raise DBOSException("backfill_schedule needs start and end as datetime")
    now = runtime.active()

    def make() -> Protocol[list[str]]:
        plan = yield from _plan(name)
        declared = _declared(plan)
        ids: list[str] = []
        # Ticks are whole seconds, so the one at ``start`` is the first after a second before.
        for tick in plan.cron.between(_aware(start) - timedelta(seconds=1), _aware(end)):
            if tick >= _aware(start):
                ids.append(tick_id(plan, tick))
                yield from enqueue_tick(now, plan, declared, tick, ids[-1])
        return ids

    return (yield from operation.recorded("DBOS.backfillSchedule", (name, start, end), make))


def _aware(moment: datetime) -> datetime:
    """A time without a zone is meant in UTC, as ticks are."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def trigger_schedule(schedule_name: str) -> WorkflowHandle[Any]:
    """Run the workflow of a stored schedule once, now. Raises ``DBOSException``."""
    now = runtime.active()
    return WorkflowHandle(drive.run(_trigger(schedule_name), now.system), now)


def backfill_schedule(
    schedule_name: str, start: datetime, end: datetime
) -> list[WorkflowHandle[Any]]:
    """Run the workflow for every tick from ``start`` to before ``end``; what ran is not run again.

    Times without a zone are UTC. Raises ``DBOSException`` when there is no such schedule.
    """
    now = runtime.active()
    ids = drive.run(_backfill(schedule_name, start, end), now.system)
    return [WorkflowHandle(workflow_id, now) for workflow_id in ids]


create_schedule = drive.blocking(_create)
create_schedule_async = drive.awaitable(_create)
create_named_schedule = drive.blocking(_create_named)
create_named_schedule_async = drive.awaitable(_create_named)
apply_schedules = drive.blocking(_apply)
apply_schedules_async = drive.awaitable(_apply)
list_schedules = drive.blocking(_list)
list_schedules_async = drive.awaitable(_list)
get_schedule = drive.blocking(_get)
get_schedule_async = drive.awaitable(_get)
delete_schedule = drive.blocking(_delete)
delete_schedule_async = drive.awaitable(_delete)
pause_schedule = drive.blocking(_pause)
resume_schedule = drive.blocking(_resume)
