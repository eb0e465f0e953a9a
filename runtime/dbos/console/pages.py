"""The pages of the console, all but the one of a single workflow: facts in, HTML out.

In: a ``Frame`` and facts. Out: whole documents. Never asks the database anything by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbos.console.facts import Executor, Overview, Schedule, WorkflowPage
from dbos.console.frame import Frame, status_mark, time_mark, version_mark
from dbos.console.markup import Child, Markup, element, join, table
from dbos.console.timeline import duration
from dbos.status import WorkflowStatusString

STATUSES = [one.value for one in WorkflowStatusString]
# Field of the address → heading; these are also the fields of ``/api/workflows``.
FILTERS = {
    "name": "Name",
    "id": "Id begins with",
    "queue": "Queue",
    "version": "Version",
    "executor": "Executor",
    "user": "User",
    "from": "Created from",
    "to": "Created until",
}
MOST_GROUPS = 50


def overview(frame: Frame, facts: Overview, database_argument: str, refresh: bool) -> str:
    """Counts by status, stranded work with what to run, queues and processes."""
    counts = [
        element(
            "a",
            element("b", f"{facts.statuses[status]:,}"),
            status_mark(status),
            href=frame.href("/workflows", status=status),
            class_="card",
        )
        for status in STATUSES
        if facts.statuses.get(status)
    ]
    cards: Child = element("div", counts, class_="cards")
    if not counts:
        cards = element("p", "No workflow has run on this database yet.", class_="quiet")
    living = [one for one in facts.executors if one.alive]
    return frame.document(
        "Overview",
        element("h1", "Overview"),
        _stranded(frame, facts, database_argument),
        cards,
        element("p", f"Counted among the newest {facts.counted:,} workflows.", class_="quiet")
        if sum(facts.statuses.values()) >= facts.counted
        else None,
        element("h2", "Queues"),
        _queues(frame, facts.queues),
        element("h2", "Executors"),
        _executors(living, "No process runs this application now."),
        refresh=refresh,
    )


def _stranded(frame: Frame, facts: Overview, database_argument: str) -> Markup | None:
    groups = facts.stranded
    if not groups:
        return None
    count = sum(one.count for one in groups)
    nobody = not any(one.alive for one in facts.executors)
    what = "workflow is" if count == 1 else "workflows are"
    if nobody:
        told = f"{count:,} {what} in flight, and no process of the application runs."
    else:
        told = f"{count:,} {what} stranded: no process that is alive runs their version."
    rows = [
        (
            element("bdi", one.name),
            version_mark(one.application_version),
            version_mark(one.workflow_version),
            "begun" if one.begun else f"waits on {one.queue_name}",
            f"{one.count:,}",
            frame.run_link(one.example),
        )
        for one in groups[:MOST_GROUPS]
    ]
    headings = ("Workflow", "Version", "Workflow version", "State", "Count", "Example")
    commands = f"dbos-build stranded --db {database_argument}\ndbos workflow resume ID"
    advice = "Which build can go on with each, and how to move one to the latest version:"
    return element(
        "section",
        element("p", element("b", told)),
        table(headings, rows, ""),
        element("p", advice) if not nobody else element("p", "Start the application, or look:"),
        element("pre", commands),
        class_="notice",
        aria_label="Stranded workflows",
    )


def workflows(frame: Frame, page: WorkflowPage, asked: dict[str, str], refresh: bool) -> str:
    """The list of workflows with its filters."""
    following = None
    if page.next_before is not None:
        at, id = page.next_before
        href = frame.href("/workflows", **asked, before_time=at, before_id=id)
        following = element("a", "Older →", href=href, rel="next")
    first = element("a", "Newest", href=frame.href("/workflows", **asked))
    return frame.document(
        "Workflows",
        element("h1", "Workflows"),
        _filters(frame, asked),
        workflow_table(frame, page.workflows, "No workflow matches."),
        element("div", first, following, class_="pages"),
        refresh=refresh,
    )


def _filters(frame: Frame, asked: dict[str, str]) -> Markup:
    chosen = asked.get("status", "")
    options = [
        element("option", status or "any", value=status, selected=status == chosen)
        for status in ("", *STATUSES)
    ]
    inputs = [
        element(
            "label",
            heading,
            element(
                "input",
                name=field,
                value=asked.get(field, ""),
                placeholder="2026-01-31" if field in ("from", "to") else None,
            ),
        )
        for field, heading in FILTERS.items()
    ]
    status = element("label", "Status", element("select", options, name="status"))
    return element(
        "form",
        status,
        inputs,
        element("button", "Filter", type="submit", class_="main"),
        method="get",
        action=frame.href("/workflows"),
        class_="filters",
    )


def workflow_table(frame: Frame, found: Sequence[Any], empty: str) -> Markup:
    """A list of workflows."""
    rows = [
        (
            frame.run_link(one.workflow_id),
            element("bdi", one.name),
            status_mark(one.status),
            time_mark(one.created_at),
            duration(one.completed_at - one.created_at)
            if one.completed_at and one.created_at
            else None,
            one.queue_name,
            version_mark(one.application_version),
            one.executor_id,
        )
        for one in found
    ]
    headings = ("Id", "Name", "Status", "Created", "Took", "Queue", "Version", "Executor")
    return table(headings, rows, empty)


def queues(frame: Frame, found: list[dict[str, Any]]) -> str:
    """The queues with unfinished work."""
    return frame.document("Queues", element("h1", "Queues"), _queues(frame, found))


def _queues(frame: Frame, found: list[dict[str, Any]]) -> Markup:
    rows = [
        (
            element(
                "a",
                element("bdi", one["queue_name"]),
                href=frame.href("/workflows", queue=one["queue_name"]),
            ),
            f"{one['enqueued']:,}",
            f"{one['delayed']:,}",
            f"{one['running']:,}",
            time_mark(one["oldest"]),
        )
        for one in found
    ]
    headings = ("Queue", "Enqueued", "Delayed", "Running", "Oldest")
    return table(headings, rows, "No queue has unfinished work.")


def schedules(frame: Frame, found: list[Schedule]) -> str:
    """All schedules with their last and next ticks."""
    rows = [
        (
            element("bdi", one.stored.schedule_name),
            element("bdi", one.stored.workflow_name),
            one.stored.status,
            element("code", one.stored.schedule),
            one.stored.cron_timezone or "UTC",
            time_mark(one.stored.last_fired_at),
            time_mark(one.next_tick_at),
        )
        for one in found
    ]
    headings = ("Schedule", "Workflow", "Status", "Cron", "Zone", "Last tick", "Next tick")
    empty = "No schedule is on record."
    return frame.document("Schedules", element("h1", "Schedules"), table(headings, rows, empty))


def versions(frame: Frame, found: list[dict[str, Any]]) -> str:
    """The versions that have run on this database."""
    rows = [
        (
            element(
                "a",
                one["version_name"],
                href=frame.href("/workflows", version=one["version_name"]),
            ),
            time_mark(one["created_at"]),
            time_mark(one["version_timestamp"]),
        )
        for one in found
    ]
    content = table(("Version", "First seen", "Latest since"), rows, "No version has run.")
    return frame.document("Versions", element("h1", "Versions"), content)


def executors(frame: Frame, found: list[Executor]) -> str:
    """The processes on record."""
    content = _executors(found, "No process is on record.")
    return frame.document("Executors", element("h1", "Executors"), content)


def _executors(found: list[Executor], empty: str) -> Markup:
    rows = [
        (
            one.process.executor_id,
            "alive" if one.alive else "gone",
            version_mark(one.process.application_version),
            (one.process.host or "").partition("/")[0],
            one.process.pid,
            time_mark(one.process.started_at),
            time_mark(one.process.heartbeat_at),
        )
        for one in found
    ]
    headings = ("Executor", "State", "Version", "Host", "Process", "Started", "Last heartbeat")
    return table(headings, rows, empty)


def problem(frame: Frame, title: str, told: str) -> str:
    """A page that says what is wrong."""
    return frame.document(title, element("h1", title), element("p", told, role="alert"))


def login(frame: Frame, wrong: bool) -> str:
    """The question for the token."""
    form = element(
        "form",
        element("label", "Token", element("input", name="token", type="password", required=True)),
        element("button", "Open", type="submit", class_="main"),
        method="post",
        action=frame.href("/login"),
        class_="filters",
    )
    told = element("p", "This is not the token.", class_="notice", role="alert") if wrong else None
    return frame.document("Token", element("h1", "Token"), join(told, form))
