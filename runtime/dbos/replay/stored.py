"""Histories out of a system database.

In: a database that was opened to be read, and which workflows to take. Out: ``History`` values, in
batches. Never writes, and never decodes a payload.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSNonExistentWorkflowError
from dbos.replay.history import History

if TYPE_CHECKING:
    from dbos.system import SystemDatabase

BATCH = 100
IN_FLIGHT = ("PENDING", "ENQUEUED", "DELAYED")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


def named(system: SystemDatabase, ids: Sequence[str]) -> Iterator[History]:
    """The histories of these workflows, in this order.

    Raises ``DBOSNonExistentWorkflowError`` for the first id that is unknown.
    """
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found = {history.workflow_id: history for history in _read(system, batch)}
        for id in batch:
            if id not in found:
                raise DBOSNonExistentWorkflowError(id)
            yield found[id]


@dataclass(frozen=True, slots=True)
class Known:
    """A workflow as far as it must be known in order to find its code."""

    workflow_id: str
    name: str
    config_name: str | None


def select(
    system: SystemDatabase,
    *,
    ids: Sequence[str] | None = None,
    status: Sequence[str] | None = None,
    name: str | None = None,
    most: int | None = None,
) -> list[Known]:
    """The matching workflows: those in flight first, then the others, the newest first.

    Of each of the two, at most ``most`` are read.
    Raises ``DBOSNonExistentWorkflowError`` when one of the ``ids`` is unknown.
    """
    from dbos.system import listing

    asked = listing.Filter(
        workflow_ids=None if ids is None else tuple(ids),
        name=None if name is None else (name,),
        limit=most,
        sort_desc=True,
        load_input=False,
        load_output=False,
    )
    rows: list[dict[str, Any]] = []
    for group in (IN_FLIGHT, ENDED):
        wanted = tuple(one for one in group if status is None or one in status)
        found = system.database.read(listing.read_workflows(replace(asked, status=wanted)))
        rows.extend(found)
    missing = set(ids or ()) - {row["workflow_uuid"] for row in rows}
    if missing:
        raise DBOSNonExistentWorkflowError(min(missing))
    return [Known(row["workflow_uuid"], row["name"], row["config_name"]) for row in rows]


def _read(system: SystemDatabase, ids: Sequence[str]) -> Iterator[History]:
    from dbos.system import histories, listing

    asked = listing.Filter(workflow_ids=tuple(ids))
    rows = system.database.read(listing.read_workflows(asked))
    recorded = system.database.read(histories.read_histories(system.language, list(ids)))
    for row in rows:
        yield _history(row, tuple(recorded[row["workflow_uuid"]]))


def _history(row: dict[str, Any], operations: tuple[Any, ...]) -> History:
    return History(
        workflow_id=row["workflow_uuid"],
        name=row["name"],
        status=row["status"],
        inputs=row["inputs"],
        serialization=row["serialization"],
        class_name=row["class_name"],
        config_name=row["config_name"],
        output=row["output"],
        error=row["error"],
        output_serialization=row["output_serialization"],
        application_version=row["application_version"],
        workflow_version=row["workflow_version"],
        created_at=row["created_at"],
        started_at=row["started_at_epoch_ms"],
        completed_at=row["completed_at"],
        deadline=row["workflow_deadline_epoch_ms"],
        queue_name=row["queue_name"],
        parent_workflow_id=row["parent_workflow_id"],
        forked_from=row["forked_from"],
        authenticated_user=row["authenticated_user"],
        assumed_role=row["assumed_role"],
        authenticated_roles=row["authenticated_roles"],
        operations=operations,
    )
