"""Records that cannot be read: the workflow is blocked and says so; it does not run, others do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import DBOSException
from dbos.kernel import runtime
from support.behaviour import SystemTables, eventually

pytestmark = pytest.mark.usefixtures("launched")
Recover = Callable[..., list[Any]]
ENDINGS: list[str] = []


def declare(queue: Queue | None = None) -> Callable[[str], Any]:
    """A workflow whose body would go another way if its first step seemed to fail."""
    ENDINGS.clear()

    @DBOS.step()
    def first() -> str:
        return "first"

    @DBOS.step()
    def second() -> str:
        ENDINGS.append(DBOS.workflow_id or "")
        return "second"

    @DBOS.workflow()
    def workflow() -> list[str]:
        try:
            done = first()
        except Exception:
            done = "failed"
        return [done, second()]

    def start(workflow_id: str) -> Any:
        with SetWorkflowID(workflow_id):
            return workflow() if queue is None else queue.enqueue(workflow).get_result()

    return start


def damage(tables: SystemTables, workflow_id: str, change: str) -> None:
    """Change the first record of a workflow by SQL."""
    changed = tables.execute(
        f"UPDATE {tables.table('operation_outputs')} SET {change}"
        " WHERE workflow_uuid = :workflow_id AND function_id = 1",
        workflow_id=workflow_id,
    )
    assert changed == 1


def is_blocked(workflow_id: str) -> bool:
    """Whether it waits, with its error on record, and nobody runs it."""
    found = DBOS.retrieve_workflow(workflow_id).get_status()
    return found.status == "PENDING" and workflow_id not in runtime.active().executions


def prepare(tables: SystemTables, start: Callable[[str], Any], status: str, *ids: str) -> None:
    """Run workflows and put them back to where only their first step is done."""
    for workflow_id in ids:
        assert start(workflow_id) == ["first", "second"]
        tables.forget_steps(workflow_id, after=1)
    ENDINGS.clear()
    for workflow_id in ids:
        tables.force_status(workflow_id, status)


def test_a_record_of_an_unknown_codec_blocks_its_workflow(
    tables: SystemTables, recover: Recover
) -> None:
    prepare(tables, declare(), "PENDING", "hurt", "well")
    damage(tables, "hurt", "serialization = 'foreign'")
    recover()
    assert DBOS.get_result("well") == ["first", "second"]
    with pytest.raises(DBOSException, match=r"operation 1, .*first.*'foreign' is not known here"):
        DBOS.get_result("hurt")
    assert is_blocked("hurt")
    assert ENDINGS == ["well"]
    damage(tables, "hurt", "serialization = 'json'")
    DBOS.resume_workflow("hurt")
    assert DBOS.get_result("hurt") == ["first", "second"]
    assert ENDINGS == ["well", "hurt"]


@pytest.mark.parametrize("way", ["recovered", "queued"])
def test_a_history_that_the_database_cannot_tell_blocks_its_workflow(
    way: str, tables: SystemTables, recover: Recover, caplog: pytest.LogCaptureFixture
) -> None:
    """The table lacks a column, as after a change by hand; mended, the workflow goes on."""
    queue = Queue("records")
    start = declare(queue if way == "queued" else None)
    DBOS.destroy()
    DBOS(config={"name": "behaviour", "system_database_url": tables.url})
    DBOS.launch()
    table = tables.table("operation_outputs")
    assert start("hurt") == ["first", "second"]
    tables.forget_steps("hurt", after=1)
    ENDINGS.clear()
    tables.execute(f"ALTER TABLE {table} RENAME COLUMN input_digest TO digest")
    with caplog.at_level(logging.ERROR, "dbos"):
        if way == "queued":
            tables.force_status("hurt", "ENQUEUED")
            runtime.active().system.wakes.notify([("queue", "records")])
        else:
            tables.force_status("hurt", "PENDING")
            recover()
        with pytest.raises(DBOSException, match=r"cannot be read .*input_digest"):
            DBOS.get_result("hurt")
    assert is_blocked("hurt")
    told = [one.getMessage() for one in caplog.records if "hurt" in one.getMessage()]
    assert len(told) == 1
    # It is not tried again by itself.
    assert DBOS.running().recover(None) == []
    assert is_blocked("hurt")
    assert ENDINGS == []
    tables.execute(f"ALTER TABLE {table} RENAME COLUMN digest TO input_digest")
    DBOS.resume_workflow("hurt")
    assert DBOS.get_result("hurt") == ["first", "second"]
    assert ENDINGS == ["hurt"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_that_is_no_text_blocks_its_workflow_and_no_other(
    tables: SystemTables, recover: Recover
) -> None:
    """SQLite takes any bytes for text; what they are is not for the log."""
    prepare(tables, declare(), "PENDING", "well", "hurt", "whole")
    # The driver's error quotes the bytes: this one must not look like a database that is locked.
    damage(tables, "hurt", "output = CAST(x'6c6f636b6564ff' AS TEXT)")
    recover()
    eventually(lambda: sorted(ENDINGS) == ["well", "whole"], "both ran")
    with pytest.raises(DBOSException, match="Could not decode") as raised:
        DBOS.get_result("hurt")
    assert "locked" not in str(raised.value)
    assert is_blocked("hurt")
