"""Forking and deleting workflows, and the versions that have run.

In: workflow ids. Out: handles of forks; nothing for a deletion. Never touches the workflow a fork
is made of. Inside a workflow each call is recorded as an operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import context, drive, operation, runtime, seam
from dbos.kernel.drive import Load, Protocol, Save
from dbos.queue import INTERNAL_QUEUE
from dbos.validity import valid_seconds, valid_text

if TYPE_CHECKING:
    from dbos.kernel.context import Frame
    from dbos.system import SystemDatabase


class VersionInfo(TypedDict):
    """A version that has run on this database. Times in epoch milliseconds."""

    version_id: str
    version_name: str
    version_timestamp: int
    created_at: int


def fork(
    system: SystemDatabase, workflow_id: str, start_step: int, application_version: str | None
) -> Protocol[str]:
    """Fork without a launched runtime; ``application_version`` None lets any version run it.

    Raises ``DBOSNonExistentWorkflowError``.
    """
    from dbos.system import copies

    new_id = seam.new_id()
    copied = yield Save(
        copies.fork(
            old_id=workflow_id,
            new_id=new_id,
            start_step=start_step,
            queue_name=INTERNAL_QUEUE,
            partition_key=None,
            application_version=application_version,
            timeout_ms=None,
            now=seam.now_ms(),
            arrival=seam.order(),
        )
    )
    if not copied:
        raise DBOSNonExistentWorkflowError(workflow_id)
    return new_id


def _fork(
    workflow_id: str,
    start_step: int,
    *,
    application_version: str | None = None,
    queue_name: str | None = None,
    queue_partition_key: str | None = None,
    replacement_children: Mapping[str, str] | None = None,
    timeout_seconds: float | None = None,
) -> Protocol[str]:
    from dbos.system import copies

    now = runtime.active()
    frame = operation.in_workflow("DBOS.fork_workflow")
    valid_text(workflow_id, "A workflow id")
    if type(start_step) is not int or start_step < 0:
        raise DBOSException(f"start_step must be a step number, not {start_step!r}")
    timeout_ms = None
    if timeout_seconds is not None:
        timeout_ms = int(valid_seconds(timeout_seconds, "timeout_seconds", positive=True) * 1000)
    replacements = {
        valid_text(old, "The id of a child"): valid_text(new, "The id of a replacement")
        for old, new in (replacement_children or {}).items()
    }
    assigned = context.take_assigned_id()
    new_id = assigned.workflow_id if assigned else _fork_id(frame)

    def make() -> Protocol[str]:
        copied = yield Save(
            copies.fork(
                old_id=workflow_id,
                new_id=new_id,
                start_step=start_step,
                queue_name=queue_name or INTERNAL_QUEUE,
                partition_key=queue_partition_key,
                application_version=application_version or now.application_version or None,
                timeout_ms=timeout_ms,
                now=seam.now_ms(),
                arrival=seam.order(),
                replacements=replacements,
            )
        )
        if not copied:
            raise DBOSNonExistentWorkflowError(workflow_id)
        return new_id

    return (yield from operation.recorded("DBOS.forkWorkflow", (workflow_id, start_step), make))


def _fork_id(frame: Frame | None) -> str:
    """The id of a fork. In a workflow it says where, so that a replay makes no second fork."""
    if frame is None:
        return seam.new_id()
    execution = frame.execution
    return f"{execution.workflow_id}-fork-{execution.lane_of_caller(frame.lane).peek()}"


def fork_workflow(
    workflow_id: str,
    start_step: int,
    *,
    application_version: str | None = None,
    queue_name: str | None = None,
    queue_partition_key: str | None = None,
    replacement_children: Mapping[str, str] | None = None,
    timeout_seconds: float | None = None,
) -> WorkflowHandle[Any]:
    """Run a copy of a workflow that keeps the steps numbered below ``start_step``.

    The copy has a new id (or that of ``SetWorkflowID``) and runs on the current version unless told
    otherwise. ``replacement_children`` maps children of the original to the workflows that stand
    for them in the copy, which waits for their results instead of those it had.
    A fork that has this id already is answered as it is. Raises ``DBOSNonExistentWorkflowError``,
    for replacements as well, and ``DBOSConflictingWorkflowError`` for an id that is taken.
    """
    now = runtime.active()
    protocol = _fork(
        workflow_id,
        start_step,
        application_version=application_version,
        queue_name=queue_name,
        queue_partition_key=queue_partition_key,
        replacement_children=replacement_children,
        timeout_seconds=timeout_seconds,
    )
    return WorkflowHandle(drive.run(protocol, now.system), now)


async def fork_workflow_async(
    workflow_id: str,
    start_step: int,
    *,
    application_version: str | None = None,
    queue_name: str | None = None,
    queue_partition_key: str | None = None,
    replacement_children: Mapping[str, str] | None = None,
    timeout_seconds: float | None = None,
) -> WorkflowHandleAsync[Any]:
    """Like ``fork_workflow``, from a coroutine."""
    now = runtime.active()
    protocol = _fork(
        workflow_id,
        start_step,
        application_version=application_version,
        queue_name=queue_name,
        queue_partition_key=queue_partition_key,
        replacement_children=replacement_children,
        timeout_seconds=timeout_seconds,
    )
    return WorkflowHandleAsync(await drive.run_async(protocol, now.system), now)


def restart_workflow(workflow_id: str) -> WorkflowHandle[Any]:
    """Run a workflow again from its beginning, with the same inputs and a new id."""
    return fork_workflow(workflow_id, 1)


def _delete_workflows(
    workflow_ids: Sequence[str], *, delete_children: bool = False
) -> Protocol[None]:
    """Delete workflows with all their records; unknown ids do nothing."""
    from dbos.system import copies, descendants

    now = runtime.active()
    wanted = [valid_text(id, "A workflow id") for id in workflow_ids]

    def make() -> Protocol[None]:
        spoken = now.system.language
        found = list(wanted)
        if delete_children:
            found += yield Load(descendants.read_descendants(spoken, wanted))
        for id in found:
            now.interrupt(id)
        yield Save(copies.remove(spoken, found))
        now.system.wakes.notify_queues()

    return (yield from operation.recorded("DBOS.deleteWorkflow", tuple(wanted), make))


def _delete_workflow(workflow_id: str, *, delete_children: bool = False) -> Protocol[None]:
    """Delete a workflow with all its records; an unknown id does nothing."""
    return (yield from _delete_workflows([workflow_id], delete_children=delete_children))


def _list_versions() -> Protocol[list[VersionInfo]]:
    """All versions that have run on this database, the latest first."""
    from dbos.system import versions

    rows: list[VersionInfo] = yield Load(versions.read_versions())
    return rows


def _latest_version() -> Protocol[VersionInfo]:
    """The latest version that has run on this database."""
    versions = yield from _list_versions()
    if not versions:
        raise DBOSException("No version has run on this database yet")
    return versions[0]


def _set_latest_version(version_name: str) -> Protocol[None]:
    """Make a version the latest one."""
    from dbos.system import versions

    valid_text(version_name, "A version")
    yield Save(versions.register(version_name, seam.new_id(), seam.now_ms(), newest=True))


delete_workflow = drive.blocking(_delete_workflow)
delete_workflow_async = drive.awaitable(_delete_workflow)
delete_workflows = drive.blocking(_delete_workflows)
delete_workflows_async = drive.awaitable(_delete_workflows)
list_application_versions = drive.blocking(_list_versions)
list_application_versions_async = drive.awaitable(_list_versions)
get_latest_application_version = drive.blocking(_latest_version)
get_latest_application_version_async = drive.awaitable(_latest_version)
set_latest_application_version = drive.blocking(_set_latest_version)
set_latest_application_version_async = drive.awaitable(_set_latest_version)
