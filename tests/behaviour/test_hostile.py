"""Hostile input: strings and numbers are data, alike on both databases, or refused before a row."""

from __future__ import annotations

import base64
import math
import pickle
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID, SetWorkflowTimeout
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

STRINGS: dict[str, str] = {
    "quote": "Robert'); DROP TABLE workflow_status;--",
    "percent": "100%s %(name)s %d",
    "braces": "{0} {name} {{}}",
    "colon": ":name ?",
    "newline": "first\nsecond\r\n",
    "right to left": "\u202eabc\u05d0",
    "emoji": "🚀👩‍👩‍👧",
    "path": "../../etc/passwd",
    "markup": "<script>alert(1)</script>",
    "json": '{"a": [1]}',
    "backslash": "\\x00 \\u0000",
    "inner blanks": "  a  b  ",
}
# What a database cannot hold as a key.
REFUSED: dict[str, str] = {"nul": "a\x00b", "surrogate": "a\ud800b"}


def run_under_id(text: str) -> Any:
    """The text as a workflow's id."""

    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.workflow_id

    with SetWorkflowID(text):
        returned = workflow()
    assert DBOS.get_result(text) == returned
    assert [each.workflow_id for each in DBOS.list_workflows(workflow_ids=[text])] == [text]
    assert [each.workflow_id for each in DBOS.list_workflows(workflow_id_prefix=text)] == [text]
    return returned


def publish_under_key(text: str) -> Any:
    """The text as the key of an event."""

    @DBOS.workflow()
    def workflow() -> str | None:
        DBOS.set_event(text, text)
        return DBOS.workflow_id

    return DBOS.get_event(workflow() or "", text, timeout_seconds=0)


def send_on_topic(text: str) -> Any:
    """The text as a topic."""

    @DBOS.workflow()
    def workflow() -> Any:
        DBOS.send(DBOS.workflow_id or "", text, text)
        return DBOS.recv(text, timeout_seconds=0)

    return workflow()


def write_to_stream(text: str) -> Any:
    """The text as the key of a stream."""

    @DBOS.workflow()
    def workflow() -> str | None:
        DBOS.write_stream(text, text)
        return DBOS.workflow_id

    return next(iter(DBOS.read_stream(workflow() or "", text)))


def enqueue_under_deduplication(text: str) -> Any:
    """The text as a deduplication id."""
    queue = Queue(f"hostile {uuid.uuid4()}", polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    with SetEnqueueOptions(deduplication_id=text):
        handle = queue.enqueue(workflow)
    assert handle.get_result() == "done"
    return handle.get_status() and text


def name_a_step(text: str) -> Any:
    """The text as a step's name."""

    @DBOS.workflow()
    def workflow() -> str | None:
        DBOS.run_step({"name": text}, lambda: None)
        return DBOS.workflow_id

    return DBOS.list_workflow_steps(workflow() or "")[0]["function_name"]


def name_a_workflow(text: str) -> Any:
    """The text as a workflow's name."""

    @DBOS.workflow(name=text)
    def workflow() -> str | None:
        return DBOS.workflow_id

    status = DBOS.get_workflow_status(workflow() or "")
    assert status is not None
    assert [each.name for each in DBOS.list_workflows(name=text)] == [text]
    return status.name


PLACES: dict[str, Callable[[str], Any]] = {
    "workflow id": run_under_id,
    "event key": publish_under_key,
    "topic": send_on_topic,
    "stream key": write_to_stream,
    "deduplication id": enqueue_under_deduplication,
    "step name": name_a_step,
    "workflow name": name_a_workflow,
}


@pytest.mark.parametrize("place", sorted(PLACES))
def test_names_are_data(place: str) -> None:
    wrong: dict[str, Any] = {}
    for name, text in STRINGS.items():
        try:
            returned = PLACES[place](text)
        except Exception as error:
            returned = error
        if returned != text:
            wrong[name] = returned
    assert wrong == {}


@pytest.mark.parametrize("place", sorted(PLACES))
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_names_that_no_database_holds_are_refused(text: str, place: str) -> None:
    with pytest.raises(DBOSException) as raised:
        PLACES[place](text)
    words = str(raised.value)
    assert "INSERT" not in words
    assert "SELECT" not in words


@pytest.mark.parametrize(
    "text", [*STRINGS.values(), *REFUSED.values()], ids=[*STRINGS.keys(), *REFUSED.keys()]
)
def test_values_may_be_any_text(text: str) -> None:
    @DBOS.step()
    def step(value: str) -> str:
        return value

    @DBOS.workflow()
    def workflow(value: str) -> list[Any]:
        DBOS.set_event("key", value)
        DBOS.send(DBOS.workflow_id or "", value)
        return [step(value), DBOS.recv(timeout_seconds=0)]

    with SetWorkflowID("w"):
        assert workflow(text) == [text, text]
    assert DBOS.get_result("w") == [text, text]
    assert DBOS.get_event("w", "key") == text
    assert DBOS.list_workflows()[0].input == {"args": (text,), "kwargs": {}}


@pytest.mark.parametrize("place", ["event key", "topic", "workflow id"])
def test_a_long_name_works_or_is_refused(place: str) -> None:
    # Without repetition, so that no index compresses it.
    text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(30_000))
    try:
        outcome = PLACES[place](text)
    except DBOSException as refused:
        outcome = str(refused)
    assert outcome == text or len(outcome) < 2_000


QUEUES: list[dict[str, Any]] = [
    {"concurrency": -1},
    {"worker_concurrency": -1},
    {"limiter": {"limit": 1, "period": 0}},
    {"limiter": {"limit": 1, "period": -1}},
    {"limiter": {"limit": 1, "period": math.nan}},
    {"limiter": {"limit": -1, "period": 1}},
    {"polling_interval_sec": math.nan},
]


@pytest.mark.parametrize("options", QUEUES, ids=str)
def test_impossible_numbers_of_a_queue_are_refused_at_declaration(options: dict[str, Any]) -> None:
    with pytest.raises((DBOSException, ValueError)):
        Queue("impossible", **options)


STEPS: list[dict[str, Any]] = [
    {"max_attempts": 0},
    {"max_attempts": -1},
    {"interval_seconds": -1.0},
    {"interval_seconds": math.nan},
    {"backoff_rate": math.nan},
    {"backoff_rate": -1.0},
]


@pytest.mark.parametrize("options", STEPS, ids=str)
def test_impossible_numbers_of_a_step_are_refused_at_declaration(options: dict[str, Any]) -> None:
    with pytest.raises((DBOSException, ValueError)):

        @DBOS.step(retries_allowed=True, **options)
        def step() -> None:
            return None


@pytest.mark.parametrize("seconds", [math.nan, -math.inf])
def test_impossible_timeouts_are_refused(seconds: float) -> None:
    with pytest.raises((DBOSException, ValueError)), SetWorkflowTimeout(seconds):
        pass


@pytest.mark.parametrize("seconds", [math.nan, math.inf])
def test_impossible_sleeps_are_refused(seconds: float) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.sleep(seconds)

    with pytest.raises((DBOSException, ValueError, OverflowError)):
        workflow()


class Marker:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_reading_state_never_executes_what_a_stranger_wrote(
    tables: SystemTables, tmp_path: Path
) -> None:
    marker = tmp_path / "executed"
    planted = base64.b64encode(pickle.dumps(Marker(marker))).decode()

    @DBOS.step()
    def step() -> int:
        return 1

    @DBOS.workflow()
    def workflow() -> int:
        DBOS.set_event("key", 1)
        return step()

    with SetWorkflowID("w"):
        workflow()
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} "
        "SET inputs = :planted, output = :planted, serialization = 'py_pickle'",
        planted=planted,
    )
    tables.execute(
        f"UPDATE {tables.table('operation_outputs')} "
        "SET output = :planted, serialization = 'py_pickle'",
        planted=planted,
    )
    DBOS.list_workflows()
    DBOS.list_queued_workflows()
    DBOS.get_workflow_status("w")
    DBOS.list_workflow_steps("w")
    assert not marker.exists()
