"""The page of one workflow: what it is, what it did and when, and what may be done with it.

In: a ``Frame`` and the facts about one workflow. Out: a whole document. Never runs anything: each
action is a link to a page that asks first.
"""

from __future__ import annotations

from typing import Any

from dbos.console import timeline
from dbos.console.facts import Run, Step, StepPage
from dbos.console.frame import Frame, status_mark, time_mark, value_box, value_cell
from dbos.console.markup import Child, Markup, element, fields, join, table
from dbos.console.pages import workflow_table
from dbos.console.timeline import duration
from dbos.status import WorkflowStatus

UNFINISHED = frozenset(("PENDING", "ENQUEUED", "DELAYED"))
RESUMABLE = frozenset((*UNFINISHED, "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"))


def render(
    frame: Frame, run: Run, steps: StepPage, *, first: bool, now_ms: int, flow: Child, refresh: bool
) -> str:
    """The whole page. ``first`` says whether ``steps`` begin with the first one."""
    status = run.status
    latest = status.completed_at or now_ms
    drawn = timeline.draw(
        timeline.bars(
            steps.steps,
            created_at=status.created_at,
            begun_at=status.dequeued_at if first else None,
            latest=latest,
        )
    )
    return frame.document(
        status.workflow_id,
        element("h1", element("bdi", status.workflow_id)),
        _actions(frame, status),
        element("div", _fields(frame, status), class_="panel"),
        _values(status),
        _section("Timeline", element("div", drawn, class_="scroll", tabindex=0) if drawn else None),
        flow,
        element("h2", "Steps"),
        step_table(frame, status.workflow_id, steps, latest),
        _related(frame, run),
        refresh=refresh,
    )


def _section(title: str, content: Child) -> Markup | None:
    return None if content is None else join(element("h2", title), content)


def _actions(frame: Frame, status: WorkflowStatus) -> Markup | None:
    if not frame.actions:
        return None
    verbs = ["restart", "fork"]
    if status.status in RESUMABLE:
        verbs.insert(0, "resume")
    if status.status in UNFINISHED:
        verbs.insert(0, "cancel")
    links = [
        element(
            "a", f"{verb.title()} …", href=frame.href("/action", verb=verb, id=status.workflow_id)
        )
        for verb in verbs
    ]
    return element("div", links, class_="actions")


def _fields(frame: Frame, status: WorkflowStatus) -> Markup:
    took = status.completed_at - status.created_at if status.completed_at else None
    pairs: list[tuple[str, Child]] = [
        ("Status", status_mark(status.status)),
        ("Name", element("bdi", status.name)),
        ("Class", " ".join(filter(None, (status.class_name, status.config_name)))),
        ("Created", time_mark(status.created_at)),
        ("Dequeued", time_mark(status.dequeued_at)),
        ("Completed", time_mark(status.completed_at)),
        ("Took", duration(took) if took is not None else None),
        ("Delayed until", time_mark(status.delay_until_epoch_ms)),
        ("Deadline", time_mark(status.workflow_deadline_epoch_ms)),
        ("Queue", status.queue_name),
        ("Partition", status.queue_partition_key),
        ("Deduplication id", status.deduplication_id),
        ("Priority", str(status.priority) if status.priority else None),
        ("Version", status.app_version),
        ("Workflow version", status.workflow_version),
        ("Executor", status.executor_id),
        ("Recovery attempts", str(status.recovery_attempts) if status.recovery_attempts else None),
        ("User", status.authenticated_user),
        ("Schedule", status.schedule_name),
        ("Parent", frame.run_link(status.parent_workflow_id)),
        ("Forked from", frame.run_link(status.forked_from)),
    ]
    return fields(pairs)


def _values(status: WorkflowStatus) -> Markup:
    parts: list[tuple[str, Any]] = [("Input", status.input)]
    if status.status == "SUCCESS":
        parts.append(("Result", status.output))
    if status.error is not None:
        parts.append(("Error", status.error))
    if status.attributes:
        parts.append(("Attributes", status.attributes))
    return join([(element("h2", title), value_box(value)) for title, value in parts])


def step_table(frame: Frame, workflow_id: str, page: StepPage, latest: int) -> Markup:
    """The recorded operations, with a link to those that follow."""
    rows = [
        (
            one.number,
            element("bdi", one.name),
            time_mark(one.started_at),
            _took(one, latest),
            (
                element("span", "failed", class_="status ERROR") if one.failed else None,
                _outcome(one),
            ),
            frame.run_link(one.child_workflow_id),
            _fork_link(frame, workflow_id, one),
        )
        for one in page.steps
    ]
    headings = ("Step", "Name", "Started", "Took", "Outcome", "Child", "")
    found = table(headings, rows, "No operation is recorded.")
    if page.next_after is None:
        return found
    href = frame.href("/workflow", id=workflow_id, after=page.next_after)
    return join(found, element("div", element("a", "Later steps →", href=href), class_="pages"))


def _outcome(step: Step) -> Markup | None:
    if step.failed:
        return value_cell(step.error)
    if step.name == "DBOS.sleep" and isinstance(step.output, int | float):
        what = "waits at most until " if timeline.is_time_limit(step) else "until "
        return join(what, time_mark(int(step.output)))
    return None if step.output is None else value_cell(step.output)


def _took(step: Step, latest: int) -> str:
    if timeline.is_time_limit(step):
        return ""
    end = timeline.step_end(step, latest)
    return "" if end is None or step.started_at is None else duration(end - step.started_at)


def _fork_link(frame: Frame, workflow_id: str, step: Step) -> Markup | None:
    if not frame.actions:
        return None
    href = frame.href("/action", verb="fork", id=workflow_id, step=step.number)
    return element("a", "fork here", href=href)


def _related(frame: Frame, run: Run) -> Markup:
    children = workflow_table(frame, run.children, "") if run.children else None
    events = [(element("bdi", key), value_cell(value)) for key, value in run.events.items()]
    messages = [
        (element("bdi", one.topic or ""), value_cell(one.message), time_mark(one.created_at))
        for one in run.messages
    ]
    streams = [(element("bdi", one.key), one.values, value_cell(one.last)) for one in run.streams]
    parts = [
        ("Children", children),
        ("Events", table(("Key", "Value"), events, "") if events else None),
        (
            "Unread messages",
            table(("Topic", "Message", "Sent"), messages, "") if messages else None,
        ),
        ("Streams", table(("Key", "Values", "Last"), streams, "") if streams else None),
    ]
    return join([_section(title, content) for title, content in parts])
