"""Renaming an application whose workflows are in the database already.

In: the name it had and the one it gets. Out: how many rows were renamed. Never changes which
process may run a workflow: that is a matter of versions.
"""

from __future__ import annotations

from typing import TypedDict

from dbos.error import DBOSException
from dbos.kernel import drive
from dbos.kernel.drive import Protocol, Save
from dbos.validity import valid_text

DEFAULT_BATCH = 10_000
EVERYTHING = 2**31 - 1


class ApplicationRowCounts(TypedDict):
    """How many workflows and schedules bear another name now."""

    workflows: int
    schedules: int


def _rename_application(
    old_name: str | None,
    new_name: str,
    *,
    batch_size: int | None = DEFAULT_BATCH,
    adopt_unclaimed_rows: bool = False,
) -> Protocol[ApplicationRowCounts]:
    """Give the workflows and schedules of ``old_name`` to ``new_name``.

    ``old_name`` None means those that bear no name, which ``adopt_unclaimed_rows`` takes along.
    Each ``batch_size`` rows are one transaction, all of them with None. It can be called while
    both applications run, and again should it have been cut short.
    Raises ``DBOSException`` for names that cannot be stored or are the same.
    """
    from dbos.system import renames

    valid_text(new_name, "The new name")
    if old_name is not None:
        valid_text(old_name, "The old name")
    if old_name == new_name:
        raise DBOSException(f"The application is named {new_name!r} already")
    if batch_size is not None and (type(batch_size) is not int or batch_size < 1):
        raise DBOSException(f"batch_size must be at least 1, not {batch_size!r}")
    most = EVERYTHING if batch_size is None else batch_size
    nameless = adopt_unclaimed_rows or old_name is None
    counts = dict.fromkeys(renames.KINDS, 0)
    for kind in renames.KINDS:
        while True:
            write = renames.rename_batch(
                kind, old_name, new_name, most=most, with_nameless=nameless
            )
            found = yield Save(write)
            counts[kind] += found
            if found < most:
                break
    return ApplicationRowCounts(workflows=counts["workflows"], schedules=counts["schedules"])


rename_application = drive.blocking(_rename_application)
rename_application_async = drive.awaitable(_rename_application)
