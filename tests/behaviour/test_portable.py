"""Portable workflows: what they take, give and publish is plain JSON that any language reads."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    PortableWorkflowError,
    Queue,
    SetWorkflowID,
    WorkflowSerializationFormat,
)
from dbos.error import DBOSException, DBOSSerializationError
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")
PORTABLE = WorkflowSerializationFormat.PORTABLE


def test_arguments_and_result_are_plain_json(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow(serialization_type=PORTABLE)
    def workflow(first: Any, second: Any = 1) -> Any:
        return {"first": first, "pair": (1, second)}

    with SetWorkflowID("plain"):
        seen = workflow((1, 2), second={"a": None})
    assert seen == {"first": [1, 2], "pair": [1, {"a": None}]}
    stored = tables.query(
        f"SELECT inputs, output, serialization FROM {tables.table('workflow_status')}"
    )[0]
    assert json.loads(stored[0]) == {
        "positionalArgs": [[1, 2]],
        "namedArgs": {"second": {"a": None}},
    }
    assert json.loads(stored[1]) == seen
    assert stored[2] == "portable_json"
    status = DBOS.get_workflow_status("plain")
    assert status is not None
    assert status.input == {"args": [[1, 2]], "kwargs": {"second": {"a": None}}}
    tables.force_status("plain", "PENDING")
    assert [handle.get_result() for handle in recover()] == [seen]


def test_steps_of_a_portable_workflow_keep_their_types(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.step()
    def step() -> tuple[int, Decimal]:
        return 1, Decimal("1.50")

    @DBOS.workflow(serialization_type=PORTABLE)
    def workflow() -> str:
        return repr(step())

    with SetWorkflowID("typed"):
        seen = workflow()
    assert seen == "(1, Decimal('1.50'))"
    tables.force_status("typed", "PENDING")
    assert [handle.get_result() for handle in recover()] == [seen]


def test_times_are_made_again_where_the_parameters_ask_for_them() -> None:
    @DBOS.workflow(serialization_type=PORTABLE)
    def workflow(
        moment: datetime.datetime, day: datetime.date, text: str, *, late: datetime.datetime
    ) -> list[str]:
        return [repr(value) for value in (moment, day, text, late)]

    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=datetime.UTC)
    queue = Queue("times")
    given: tuple[Any, ...] = (moment, moment.date(), "2026-01-02")
    here = workflow(*given, late=moment.replace(tzinfo=None))
    there = queue.enqueue(workflow, *given, late=moment.replace(tzinfo=None)).get_result()
    to_the_millisecond = moment.replace(microsecond=678000)
    assert here == there
    assert here == [
        repr(to_the_millisecond),
        repr(moment.date()),
        "'2026-01-02'",
        repr(to_the_millisecond),
    ]


def test_an_error_is_told_as_all_languages_do(tables: SystemTables) -> None:
    @DBOS.workflow(serialization_type=PORTABLE)
    def broken() -> None:
        raise KeyError("which")

    @DBOS.workflow(serialization_type=PORTABLE)
    def refused() -> None:
        raise PortableWorkflowError("too little", "Shortage", 7, {"missing": 3})

    for name, workflow in (("broken", broken), ("refused", refused)):
        with SetWorkflowID(name), pytest.raises(PortableWorkflowError):
            workflow()
    stored = tables.query(
        f"SELECT error FROM {tables.table('workflow_status')} WHERE workflow_uuid = 'broken'"
    )[0]
    assert json.loads(stored[0]) == {"name": "KeyError", "message": "'which'", "code": None}
    with pytest.raises(PortableWorkflowError, match="too little") as raised:
        DBOS.get_result("refused")
    told = raised.value
    assert (told.name, told.code, told.data) == ("Shortage", 7, {"missing": 3})
    status = DBOS.get_workflow_status("refused")
    assert status is not None
    assert repr(status.error) == repr(told)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (b"bytes", r"args\[0\]"),
        ([uuid.UUID(int=1)], r"args\[0\]\[0\]"),
        ({1: 2}, r"args\[0\]"),
        ({"deep": {"down": float("nan")}}, r"args\[0\]\.deep\.down"),
    ],
)
def test_what_json_lacks_is_refused_before_a_row_exists(value: Any, path: str) -> None:
    @DBOS.workflow(serialization_type=PORTABLE)
    def workflow(_value: Any) -> None:
        return None

    with pytest.raises(DBOSSerializationError, match=path) as refused:
        workflow(value)
    assert isinstance(refused.value, TypeError)
    assert DBOS.list_workflows() == []


def test_a_result_that_json_lacks_fails_the_workflow() -> None:
    @DBOS.workflow(serialization_type=PORTABLE)
    def workflow() -> bytes:
        return b"bytes"

    with SetWorkflowID("failing"), pytest.raises(PortableWorkflowError, match="result"):
        workflow()
    status = DBOS.get_workflow_status("failing")
    assert status is not None
    assert status.status == "ERROR"


def test_events_streams_and_messages_have_the_form_that_is_asked_for(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    def publish() -> list[Any]:
        for form in WorkflowSerializationFormat:
            DBOS.set_event(form.value, (1,), serialization_type=form)
            DBOS.write_stream("stream", (1,), serialization_type=form)
            DBOS.send(DBOS.workflow_id or "", (1,), form.value, serialization_type=form)
        return [
            DBOS.recv(form.value, timeout_seconds=0) == (1,) for form in WorkflowSerializationFormat
        ]

    plain, portable = DBOS.workflow(name="plain")(publish), None
    portable = DBOS.workflow(name="portable", serialization_type=PORTABLE)(publish)
    with SetWorkflowID("plain"):
        assert plain() == [False, True, True]
    with SetWorkflowID("portable"):
        assert portable() == [False, True, False]
    assert DBOS.get_all_events("plain") == {"portable": [1], "native": (1,), "None": (1,)}
    assert DBOS.get_all_events("portable") == {"portable": [1], "native": (1,), "None": [1]}
    assert list(DBOS.read_stream("plain", "stream")) == [[1], (1,), (1,)]
    assert list(DBOS.read_stream("portable", "stream")) == [[1], (1,), [1]]
    tables.force_status("portable", "PENDING")
    assert [handle.get_result() for handle in recover()] == [[False, True, False]]


def test_a_client_enqueues_portable_work(config: DBOSConfig) -> None:
    Queue("clients")

    @DBOS.workflow(name="answer")
    def workflow(given: Any, *, more: Any) -> Any:
        return [given, more, (1,)]

    with DBOSClient(system_database_url=config["system_database_url"]) as client:
        handle = client.enqueue(
            {
                "workflow_name": "answer",
                "queue_name": "clients",
                "serialization_type": PORTABLE,
            },
            (1, 2),
            more={"a": (3,)},
        )
        assert handle.get_result() == [[1, 2], {"a": [3]}, [1]]
        assert handle.get_status().input == {"args": [[1, 2]], "kwargs": {"more": {"a": [3]}}}


def test_work_that_sql_wrote_is_run(tables: SystemTables) -> None:
    queue = Queue("by_hand")

    @DBOS.workflow(serialization_type=PORTABLE)
    def workflow(number: int, unit: str) -> str:
        return f"{number} {unit}"

    handle = queue.enqueue(workflow, 1, "metre")
    assert handle.get_result() == "1 metre"
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET inputs = :inputs",
        inputs='{"positionalArgs": [2], "namedArgs": {"unit": "miles"}}',
    )
    assert DBOS.fork_workflow(handle.workflow_id, 1).get_result() == "2 miles"


@pytest.mark.parametrize("form", ["", "json", 5])
def test_no_other_form_is_known(form: Any) -> None:
    with pytest.raises(DBOSException, match="serialization_type"):
        DBOS.workflow(serialization_type=form)


def test_the_serializer_can_be_used_by_itself() -> None:
    serializer = DBOSPortableJSONSerializer()
    values: list[tuple[Any, str]] = [
        ({3, 1, 2}, "[1,2,3]"),
        (datetime.datetime(2026, 1, 2), '"2026-01-02T00:00:00.000Z"'),
        (datetime.date(2026, 1, 2), '"2026-01-02"'),
        (Decimal("1.50"), '"1.50"'),
        ("é", '"é"'),
    ]
    for value, text in values:
        assert serializer.serialize(value) == text
        assert serializer.deserialize(text) == json.loads(text)
    assert serializer.name() == "portable_json"
