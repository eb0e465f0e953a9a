"""Patches: change a workflow's operations while executions of the old code are still in flight.

In: the name of a patch. Out: ``patch`` and ``deprecate_patch`` with their twins. Never changes its
answer for an execution: new executions record a marker and take the new branch, executions that
went past this place under the old code find no marker and take the old one.
"""

from __future__ import annotations

from dbos.kernel import drive, operation
from dbos.kernel.drive import Protocol, Returned
from dbos.validity import valid_text

PREFIX = "DBOS.patch-"


def _marker(patch_name: str) -> str:
    return PREFIX + valid_text(patch_name, "The name of a patch")


def _patch(patch_name: str) -> Protocol[bool]:
    """True when this execution shall run the new code, False when it began under the old one.

    Raises ``DBOSException`` outside a workflow.
    """
    name = _marker(patch_name)
    frame = operation.require_workflow("DBOS.patch")
    recorded = frame.execution.history.get(frame.execution.lane_of_caller(frame.lane).peek())
    if recorded is not None and recorded.function_name != name:
        return False
    begun = operation.begin(frame, name)
    if begun.recorded is None:
        yield from operation.complete(begun, Returned(True), f"patch {patch_name!r}")
    return True


def _deprecate_patch(patch_name: str) -> Protocol[bool]:
    """Step over the marker of a patch whose old branch is gone; records nothing itself.

    Raises ``DBOSException`` outside a workflow.
    """
    name = _marker(patch_name)
    frame = operation.require_workflow("DBOS.deprecate_patch")
    recorded = frame.execution.history.get(frame.execution.lane_of_caller(frame.lane).peek())
    if recorded is not None and recorded.function_name == name:
        operation.begin(frame, name)
    yield from ()
    return True


patch = drive.blocking(_patch)
patch_async = drive.awaitable(_patch)
deprecate_patch = drive.blocking(_deprecate_patch)
deprecate_patch_async = drive.awaitable(_deprecate_patch)
