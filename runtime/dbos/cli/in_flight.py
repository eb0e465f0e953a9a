"""``dbos workflow in-flight``: everything that has not ended, and what each has recorded so far.

In: a database. Out: a table of counts, or JSON lines, one workflow each, written while they are
read. Never creates or changes anything, and never loads a stored value: only names, versions,
times and ids.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from dbos.cli import options
from dbos.cli.output import show

if TYPE_CHECKING:
    from dbos.system import SystemDatabase
    from dbos.system.in_flight import Done, Entry

PAGE = 1000
COLUMNS = {
    "name": "NAME",
    "status": "STATUS",
    "count": "COUNT",
    "application_version": "VERSION",
    "workflow_version": "WORKFLOW VERSION",
}


@click.command("in-flight")
@options.database
@click.option("--json", "as_json", is_flag=True, help="One JSON object in each line.")
def in_flight(url: str | None, schema: str, as_json: bool) -> None:
    """Show what has not ended, by workflow and version.

    With --json, each workflow in flight is a line with its id, its versions and the operations it
    has recorded, in the order of their positions.
    """
    from dbos.system import existing

    with contextlib.closing(
        existing.open_existing(options.database_url(url), schema=schema)
    ) as system:
        if as_json:
            for records in _records(system):
                click.echo("\n".join(map(json.dumps, records)))
            return
        counts = Counter(
            (one.name, one.status, one.application_version, one.workflow_version)
            for page in _pages(system)
            for one in page
        )
    fields = ("name", "status", "application_version", "workflow_version")
    rows = [
        {**dict(zip(fields, key, strict=True)), "count": count}
        for key, count in sorted(counts.items(), key=lambda item: tuple(map(str, item[0])))
    ]
    show(rows, COLUMNS, as_json=False)


def _pages(system: SystemDatabase) -> Iterator[list[Entry]]:
    from dbos.system import in_flight as queries

    after = ""
    while page := system.database.read(queries.read_page(after, PAGE)):
        yield page
        after = page[-1].workflow_id


def _records(system: SystemDatabase) -> Iterator[list[dict[str, Any]]]:
    """The workflows with their operations, page by page."""
    from dbos.system import in_flight as queries

    for page in _pages(system):
        ids = [one.workflow_id for one in page]
        found = system.database.read(queries.read_operations(system.language, ids))
        yield [_record(one, found[one.workflow_id]) for one in page]


def _record(entry: Entry, done: list[Done]) -> dict[str, Any]:
    return {
        "id": entry.workflow_id,
        "name": entry.name,
        "status": entry.status,
        "queue": entry.queue_name,
        "application_version": entry.application_version,
        "workflow_version": entry.workflow_version,
        "created_at": entry.created_at,
        "executions": entry.executions,
        "operations": [[one.number, one.position, one.name] for one in sorted(done, key=_place)],
        "children": list(
            dict.fromkeys(one.child_workflow_id for one in done if one.child_workflow_id)
        ),
    }


def _place(done: Done) -> tuple[Any, ...]:
    """Where an operation stands: the workflow's own line first, then each task's, by position.

    Positions that nobody could have written come last, as they are.
    """
    lane, _, place = done.position.rpartition(":")
    waits = place.endswith("t")
    try:
        numbers = tuple(int(part) for part in lane.split(".")) if lane else ()
        return (0, numbers, int(place.removesuffix("t")), waits)
    except ValueError:
        return (1, (), 0, waits, done.position)
