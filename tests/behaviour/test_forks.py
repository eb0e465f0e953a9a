"""What a fork takes along, and what reaches it: streams, messages and replaced children."""

from __future__ import annotations

from typing import Any

import pytest

from dbos import DBOS, SendMessage, SetWorkflowID
from dbos.error import DBOSNonExistentWorkflowError

pytestmark = pytest.mark.usefixtures("launched")


def forked(workflow_id: str, new_id: str, start_step: int = 1) -> Any:
    """The handle of a fork with this id."""
    with SetWorkflowID(new_id):
        return DBOS.fork_workflow(workflow_id, start_step)


def test_a_fork_has_what_its_copied_steps_wrote_to_streams() -> None:
    @DBOS.step()
    def step() -> None:
        DBOS.write_stream("key", "from the step")

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", "first")
        step()
        DBOS.write_stream("key", "last")

    with SetWorkflowID("original"):
        workflow()
    forked("original", "copy", start_step=3).get_result()
    assert list(DBOS.read_stream("copy", "key")) == ["first", "from the step", "last"]
    assert list(DBOS.read_stream("original", "key")) == ["first", "from the step", "last"]


@pytest.mark.parametrize("bulk", [False, True])
def test_a_message_reaches_forks_and_their_forks_once(bulk: bool) -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        return [DBOS.recv("topic", timeout_seconds=wait) for wait in (10, 0)]

    with SetWorkflowID("original"):
        handles = [DBOS.start_workflow(receiver)]
    handles += [forked("original", "one"), forked("original", "two"), forked("one", "of one")]
    for _ in range(2):
        if bulk:
            message = SendMessage("original", "hello", "topic", idempotency_key="key")
            DBOS.send_bulk([message], send_to_forks=True)
        else:
            DBOS.send("original", "hello", "topic", idempotency_key="key", send_to_forks=True)
    assert [handle.get_result() for handle in handles] == [["hello", None]] * 4


def test_a_message_to_a_fork_does_not_reach_the_original() -> None:
    @DBOS.workflow()
    def receiver(wait: float) -> Any:
        return DBOS.recv("topic", timeout_seconds=wait)

    with SetWorkflowID("original"):
        assert receiver(0) is None
    handle = forked("original", "copy")
    handle.get_result()
    DBOS.send("copy", "hello", "topic", send_to_forks=True)
    assert forked("original", "later").get_result() is None


def test_sending_to_the_forks_of_nobody_is_refused() -> None:
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        DBOS.send("nobody", "hello", send_to_forks=True)
