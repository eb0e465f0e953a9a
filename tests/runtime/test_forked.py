"""Children that a workflow or a step forks: they are outside of both, and harm neither."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable

import pytest

from dbos import DBOS, SetWorkflowID
from dbos.error import DBOSException

pytestmark = pytest.mark.usefixtures("launched")


def fork() -> int:
    with warnings.catch_warnings():
        # Python warns of threads, which the child does not use.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def told_by_child(work: Callable[[], object]) -> str:
    """What a forked child says: the value of its work, or its error."""
    read_end, write_end = os.pipe()
    pid = fork()
    if pid == 0:
        try:
            told = repr(work())
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(write_end, told.encode()[:4000])
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as said:
        told = said.read()
    os.waitpid(pid, 0)
    return told


def test_the_child_of_a_workflow_is_outside_of_it() -> None:
    @DBOS.step()
    def step() -> str:
        return "ran"

    @DBOS.workflow()
    def workflow() -> list[str]:
        return [
            told_by_child(step),
            told_by_child(lambda: DBOS.workflow_id),
            told_by_child(lambda: DBOS.set_event("key", "of the child")),
            told_by_child(lambda: DBOS.send("w", "of the child")),
        ]

    with SetWorkflowID("w"):
        plain, workflow_id, event, message = workflow()
    assert plain == "'ran'"
    assert workflow_id == "None"
    assert "forked after DBOS.launch()" in message
    assert event.startswith("DBOSException")
    assert DBOS.list_workflow_steps("w") == []
    assert DBOS.get_all_events("w") == {}


def test_the_child_of_a_step_cannot_go_on_with_the_workflow() -> None:
    parent = os.getpid()
    read_end, write_end = os.pipe()

    @DBOS.step()
    def step() -> str:
        pid = fork()
        if pid == 0:
            return "of the child"
        os.waitpid(pid, 0)
        return "of the parent"

    @DBOS.workflow()
    def workflow() -> str:
        return step()

    try:
        with SetWorkflowID("w"):
            result = workflow()
    except DBOSException as error:
        if os.getpid() != parent:
            os.write(write_end, str(error).encode())
            os._exit(0)
        raise
    finally:
        if os.getpid() != parent:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end) as said:
        assert "its connections belong to the parent" in said.read()
    assert result == "of the parent"
    assert [each["output"] for each in DBOS.list_workflow_steps("w")] == ["of the parent"]


def test_a_child_asks_nothing_over_the_connections_of_its_parent() -> None:
    handle = DBOS.start_workflow(DBOS.workflow(name="done")(lambda: "done"))
    assert handle.get_result() == "done"
    assert "its connections belong to the parent" in told_by_child(handle.get_status)
    assert handle.get_status().status == "SUCCESS"
