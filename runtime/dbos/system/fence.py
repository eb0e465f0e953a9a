"""The fence: a statement about a running workflow takes effect only for the process that holds it.

In: the table of workflows. Out: the condition that every such statement carries. Never true for a
process that lost the workflow to another one, or for a workflow that has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbos.system.dialect import text_bind
from dbos.system.expressions import and_

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def is_held(workflows: Any) -> ColumnElement[bool]:
    """The row of ``:workflow_uuid`` while ``:owner`` runs it."""
    return and_(
        workflows.c.workflow_uuid == text_bind("workflow_uuid"),
        workflows.c.owner_xid == text_bind("owner"),
        workflows.c.status == "PENDING",
    )
