"""Listing workflows and their steps: each filter alone, and what a row says."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from dbos import (
    DBOS,
    DBOSContextSetAuth,
    Queue,
    SetWorkflowAttributes,
    SetWorkflowID,
    SetWorkflowTimeout,
)
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


def identities(**filters: Any) -> list[str]:
    """The ids that a filter finds, in the order listed."""
    return [each.workflow_id for each in DBOS.list_workflows(**filters)]


@pytest.fixture
def population(launched: None, tables: SystemTables) -> None:
    """Four workflows: `good-1`, `good-2` (on a queue), `bad-1`, and `good-1`'s child."""
    queue = Queue("listed", polling_interval_sec=0.05)

    @DBOS.workflow(name="child")
    def child() -> str:
        return "child"

    @DBOS.workflow(name="good")
    def good(value: int) -> int:
        if value == 1:
            child()
        return value

    @DBOS.workflow(name="bad")
    def bad() -> None:
        raise ValueError("bad")

    with SetWorkflowID("good-1"), DBOSContextSetAuth("alice", ["admin"]):
        good(1)
    with SetWorkflowID("good-2"):
        queue.enqueue(good, 2).get_result()
    with SetWorkflowID("bad-1"), pytest.raises(ValueError, match="bad"):
        bad()
    for position, workflow_id in enumerate(("good-1", "good-1-1", "good-2", "bad-1")):
        tables.execute(
            f"UPDATE {tables.table('workflow_status')} SET created_at = :at "
            "WHERE workflow_uuid = :workflow_id",
            at=1_700_000_000_000 + position * 1000,
            workflow_id=workflow_id,
        )


def moment(seconds: int) -> str:
    """A time near those of the population, as the filters take it."""
    return datetime.datetime.fromtimestamp(1_700_000_000 + seconds, tz=datetime.UTC).isoformat()


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["good-1", "good-1-1", "good-2", "bad-1"]),
    ({"sort_desc": True}, ["bad-1", "good-2", "good-1-1", "good-1"]),
    ({"limit": 2}, ["good-1", "good-1-1"]),
    ({"limit": 2, "offset": 1}, ["good-1-1", "good-2"]),
    ({"limit": 1, "offset": 3}, ["bad-1"]),
    ({"limit": 1, "offset": 9}, []),
    ({"status": "SUCCESS"}, ["good-1", "good-1-1", "good-2"]),
    ({"status": "ERROR"}, ["bad-1"]),
    ({"status": "PENDING"}, []),
    ({"status": ["ERROR", "SUCCESS"]}, ["good-1", "good-1-1", "good-2", "bad-1"]),
    ({"name": "good"}, ["good-1", "good-2"]),
    ({"name": ["bad", "child"]}, ["good-1-1", "bad-1"]),
    ({"name": "nothing"}, []),
    ({"workflow_ids": ["bad-1", "good-2", "missing"]}, ["good-2", "bad-1"]),
    ({"workflow_id": "bad-1"}, ["bad-1"]),
    ({"workflow_id_prefix": "good-1"}, ["good-1", "good-1-1"]),
    ({"workflow_id_prefix": ["good-2", "bad"]}, ["good-2", "bad-1"]),
    ({"user": "alice"}, ["good-1", "good-1-1"]),
    ({"user": "bob"}, []),
    ({"queue_name": "listed"}, ["good-2"]),
    ({"parent_workflow_id": "good-1"}, ["good-1-1"]),
    ({"has_parent": True}, ["good-1-1"]),
    ({"has_parent": False}, ["good-1", "good-2", "bad-1"]),
    ({"executor_id": "local"}, ["good-1", "good-1-1", "good-2", "bad-1"]),
    ({"executor_id": "elsewhere"}, []),
    ({"app_version": "never"}, []),
    ({"start_time": moment(2)}, ["good-2", "bad-1"]),
    ({"end_time": moment(1)}, ["good-1", "good-1-1"]),
    ({"start_time": moment(1), "end_time": moment(2)}, ["good-1-1", "good-2"]),
    ({"completed_after": moment(0)}, ["good-1", "good-1-1", "good-2", "bad-1"]),
    ({"completed_before": moment(0)}, []),
    ({"queues_only": True}, []),
    ({"status": "SUCCESS", "name": "good", "sort_desc": True}, ["good-2", "good-1"]),
]


@pytest.mark.usefixtures("population")
def test_filters() -> None:
    found = [(filters, identities(**filters)) for filters, _ in FILTERS]
    assert found == FILTERS


@pytest.mark.usefixtures("population")
def test_a_row_has_input_output_and_error() -> None:
    rows = {each.workflow_id: each for each in DBOS.list_workflows()}
    assert rows["good-1"].input == {"args": (1,), "kwargs": {}}
    assert rows["good-1"].output == 1
    assert rows["good-1"].error is None
    assert rows["bad-1"].output is None
    assert "bad" in str(rows["bad-1"].error)


@pytest.mark.usefixtures("population")
def test_payloads_are_left_out_on_request() -> None:
    for row in DBOS.list_workflows(load_input=False, load_output=False):
        assert (row.input, row.output, row.error) == (None, None, None)


def test_forks_are_found_by_their_origin() -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    with SetWorkflowID("origin"):
        workflow()
    forked = DBOS.fork_workflow("origin", 1)
    forked.get_result()
    assert identities(forked_from="origin") == [forked.workflow_id]
    assert identities(was_forked_from=True) == ["origin"]
    assert identities(is_fork=True) == [forked.workflow_id]
    assert identities(is_fork=False) == ["origin"]


def test_attributes_are_stored_changed_and_found() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetWorkflowAttributes({"tenant": "acme", "tier": 2}), SetWorkflowID("tagged"):
        workflow()
    with SetWorkflowID("untagged"):
        workflow()
    status = DBOS.get_workflow_status("tagged")
    assert status is not None
    assert status.attributes == {"tenant": "acme", "tier": 2}
    DBOS.update_workflow_attributes("tagged", {"tenant": "other"})
    status = DBOS.get_workflow_status("tagged")
    assert status is not None
    assert status.attributes == {"tenant": "other"}


def test_the_steps_of_nobody_are_none() -> None:
    assert DBOS.list_workflow_steps("nobody") == []


def test_steps_are_listed_in_order_with_their_children() -> None:
    @DBOS.workflow()
    def child() -> str:
        return "child result"

    @DBOS.step()
    def step(value: int) -> dict[str, int]:
        return {"value": value}

    @DBOS.step()
    def broken() -> None:
        raise KeyError("missing")

    @DBOS.workflow()
    def workflow() -> None:
        step(1)
        with pytest.raises(KeyError):
            broken()
        child()
        step(2)

    with SetWorkflowID("w"):
        workflow()
    steps = DBOS.list_workflow_steps("w")
    numbers = [step["function_id"] for step in steps]
    assert numbers == sorted(numbers)
    assert numbers[:3] == [1, 2, 3]
    assert steps[0]["function_name"] == step.__qualname__
    assert steps[0]["output"] == {"value": 1}
    assert isinstance(steps[1]["error"], KeyError)
    assert steps[2]["function_name"] == child.__qualname__
    assert steps[2]["child_workflow_id"] == "w-3"
    assert steps[-1]["output"] == {"value": 2}


def test_steps_are_paged() -> None:
    @DBOS.step()
    def step(number: int) -> int:
        return number

    @DBOS.workflow()
    def workflow() -> None:
        for number in range(5):
            step(number)

    with SetWorkflowID("w"):
        workflow()
    page = DBOS.list_workflow_steps("w", limit=2, offset=1)
    assert [step["function_id"] for step in page] == [2, 3]
    bare = DBOS.list_workflow_steps("w", load_output=False)
    assert [step["output"] for step in bare] == [None] * 5


def test_a_row_written_by_a_stranger_spoils_only_itself(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def workflow(value: int) -> int:
        return value

    for name in ("spoiled", "sound"):
        with SetWorkflowID(name):
            workflow(1)
    for column in ("inputs", "output"):
        tables.execute(
            f"UPDATE {tables.table('workflow_status')} SET {column} = 'no such encoding' "
            "WHERE workflow_uuid = 'spoiled'"
        )
    rows = {each.workflow_id: each for each in DBOS.list_workflows()}
    assert set(rows) == {"spoiled", "sound"}
    assert rows["sound"].output == 1


def test_the_deadline_of_a_row_is_an_epoch_in_milliseconds() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetWorkflowTimeout(30), SetWorkflowID("timed"):
        workflow()
    (row,) = DBOS.list_workflows()
    assert row.workflow_timeout_ms == 30_000
    assert row.created_at is not None
    assert row.created_at > 1_600_000_000_000


def test_attributes_select_by_name_and_json_value() -> None:
    @DBOS.workflow(name="labelled")
    def labelled() -> None:
        return None

    for workflow_id, attributes in (
        ("one", {"tenant": "a", "tries": 1, 'odd "name"': None}),
        ("two", {"tenant": "a", "tries": 2, "nested": {"y": [1, "x"], "x": True}}),
        ("three", {"tenant": "b", "tries": True, "city": "Zürich", "deep": [{"é": 1}]}),
    ):
        with SetWorkflowAttributes(attributes), SetWorkflowID(workflow_id):
            labelled()
    assert identities(attributes={"tenant": "a"}) == ["one", "two"]
    assert identities(attributes={"tenant": "a", "tries": 2}) == ["two"]
    assert identities(attributes={"tries": 1}) == ["one"]
    assert identities(attributes={"tries": True}) == ["three"]
    assert identities(attributes={"nested": {"x": True, "y": [1, "x"]}}) == ["two"]
    assert identities(attributes={"nested": {"x": True}}) == []
    assert identities(attributes={'odd "name"': None}) == ["one"]
    assert identities(attributes={"city": "Zürich", "deep": [{"é": 1}]}) == ["three"]
    assert identities(attributes={"tries": False}) == []
    assert identities(attributes={"absent": None}) == []
    assert identities(attributes={}) == ["one", "two", "three"]
    DBOS.update_workflow_attributes("three", {"tenant": "a"})
    assert identities(attributes={"tenant": "a"}, sort_desc=True) == ["three", "two", "one"]


def test_what_is_no_filter_is_named_with_the_filter_that_was_meant() -> None:
    with pytest.raises(TypeError, match="no filter 'workflow_idz'; did you mean 'workflow_id"):
        identities(workflow_idz="x")
    with pytest.raises(DBOSException, match="must be JSON"):
        identities(attributes={"tenant": object()})
