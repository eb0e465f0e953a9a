"""`dbos workflow in-flight`: what has not ended, without loading anything that is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue, SetEnqueueOptions, SetWorkflowID
from dbos.cli import run
from support.behaviour import SystemTables

MARK = "cos\nsystem\n(S'touch /nonexistent/marker'\ntR."
POISON = {"inputs": MARK, "serialization": "py_pickle"}


@pytest.fixture
def tables(database_url: str) -> SystemTables:
    return SystemTables(database_url)


def lines(url: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["workflow", "in-flight", "--json", "--sys-db-url", url]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def filled(config: DBOSConfig, tables: SystemTables) -> None:
    """One workflow that ended, one of a dead process, one enqueued and one delayed."""
    DBOS(config={**config, "application_version": "1"})

    @DBOS.step()
    def reserve() -> None:
        return None

    @DBOS.workflow()
    def child() -> None:
        return None

    @DBOS.workflow()
    def order(number: int) -> None:
        reserve()
        child()

    DBOS.listen_queues([])
    DBOS.launch()
    for name in ("ended", "begun"):
        with SetWorkflowID(name):
            order(1)
    queue = Queue("orders")
    with SetWorkflowID("waits"):
        queue.enqueue(order, 2)
    with SetWorkflowID("later"), SetEnqueueOptions(delay_seconds=1000):
        queue.enqueue(order, 3)
    tables.force_status("begun", "PENDING")
    DBOS.destroy()
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET inputs = :inputs, "
        "serialization = :serialization, output = :inputs",
        **POISON,
    )
    tables.execute(f"UPDATE {tables.table('operation_outputs')} SET output = :inputs", inputs=MARK)


@pytest.mark.usefixtures("filled")
def test_every_workflow_in_flight_is_a_line(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {each.pop("id"): each for each in lines(database_url, capsys)}
    assert set(found) == {"begun", "later", "waits"}
    begun, waits = found["begun"], found["waits"]
    assert begun["operations"] == [
        [1, "1", "filled.<locals>.reserve"],
        [2, "2", "filled.<locals>.child"],
        [3, "3", "DBOS.getResult"],
    ]
    assert begun["children"] == ["begun-2"]
    assert (begun["status"], begun["application_version"]) == ("PENDING", "1")
    assert (waits["status"], waits["queue"], waits["executions"]) == ("ENQUEUED", "orders", 0)
    assert found["later"]["status"] == "DELAYED"
    assert waits["operations"] == []
    assert MARK not in json.dumps(found)


@pytest.mark.usefixtures("filled")
def test_people_see_counts(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["workflow", "in-flight", "--sys-db-url", database_url]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["NAME", *["filled.<locals>.order"] * 3]
    assert [line.split()[1:4] for line in told[1:]] == [
        ["DELAYED", "1", "1"],
        ["ENQUEUED", "1", "1"],
        ["PENDING", "1", "1"],
    ]


@pytest.mark.usefixtures("config")
def test_pages_join_without_a_gap(
    database_url: str, tables: SystemTables, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["migrate", "--sys-db-url", database_url]) == 0
    number = 2_001
    columns = "workflow_uuid, status, name, created_at, recovery_attempts"
    for start in range(0, number, 500):
        rows = ", ".join(
            f"('w{each:05}', '{'PENDING' if each % 3 else 'SUCCESS'}', 'order', 1, 0)"
            for each in range(start, min(start + 500, number))
        )
        tables.execute(f"INSERT INTO {tables.table('workflow_status')} ({columns}) VALUES {rows}")
    found = [each["id"] for each in lines(database_url, capsys)]
    assert found == [f"w{each:05}" for each in range(number) if each % 3]


def test_tasks_of_one_workflow_stand_line_by_line() -> None:
    from dbos.cli.in_flight import _place
    from dbos.system.in_flight import Done

    positions = ["2.1:1", "10", "9t", "1:10", "1:9", "9", "odd", "2:1", "1"]
    done = [Done("w", place, each, "name", None) for place, each in enumerate(positions)]
    assert [each.position for each in sorted(done, key=_place)] == [
        *("1", "9", "9t", "10", "1:9", "1:10", "2:1", "2.1:1", "odd")
    ]


@pytest.mark.usefixtures("filled")
def test_several_workflows_are_resumed_by_one_command(
    database_url: str, tables: SystemTables, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    asked = ["workflow", "resume", "--sys-db-url", database_url, "begun", "waits"]
    assert run(asked) == 0
    assert capsys.readouterr().out.splitlines() == ["resumed begun", "resumed waits"]
    rows = tables.query(
        f"SELECT workflow_uuid, status FROM {tables.table('workflow_status')} "
        "WHERE queue_name = '_dbos_internal_queue' ORDER BY workflow_uuid"
    )
    assert [tuple(row) for row in rows] == [("begun", "ENQUEUED"), ("waits", "ENQUEUED")]
    assert run([*asked, "no-such-workflow"]) == 1
