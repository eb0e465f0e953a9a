"""A serializer of the program: it writes and reads values, and never makes pickles loadable."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    Serializer,
    SetWorkflowID,
)
from dbos.error import DBOSInitializationError, DBOSSerializationError
from support.behaviour import SystemTables


class Marked(Serializer):
    """JSON behind a mark."""

    def serialize(self, data: Any) -> str:
        return "marked:" + json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data.removeprefix("marked:"))

    def name(self) -> str:
        return "marked"


class Named(Marked):
    """The same under another name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        return self._name


@pytest.fixture
def launch(unlaunched: DBOSConfig) -> Callable[[Serializer], None]:
    """Launch with a serializer."""

    def with_serializer(serializer: Serializer) -> None:
        DBOS(config={**unlaunched, "serializer": serializer})
        DBOS.launch()

    return with_serializer


def test_values_are_written_and_read_by_it(
    launch: Callable[[Serializer], None],
    config: DBOSConfig,
    tables: SystemTables,
    recover: Callable[[], list[Any]],
) -> None:
    @DBOS.step()
    def step(value: Any) -> Any:
        return value

    @DBOS.workflow()
    def workflow(value: Any) -> Any:
        DBOS.set_event("key", value)
        DBOS.write_stream("stream", value)
        return {"step": step(value)}

    launch(Marked())
    with SetWorkflowID("marked"):
        assert workflow((1, 2)) == {"step": [1, 2]}
    assert DBOS.get_event("marked", "key") == [1, 2]
    assert list(DBOS.read_stream("marked", "stream")) == [[1, 2]]
    status = DBOS.get_workflow_status("marked")
    assert status is not None
    assert (status.input["args"], status.output) == ([[1, 2]], {"step": [1, 2]})
    stored = tables.query(f"SELECT output FROM {tables.table('workflow_status')}")[0]
    assert stored[0] == 'marked:{"step": [1, 2]}'
    with DBOSClient(
        system_database_url=config["system_database_url"], serializer=Marked()
    ) as client:
        assert client.retrieve_workflow("marked").get_result() == {"step": [1, 2]}
    tables.force_status("marked", "PENDING")
    assert [handle.get_result() for handle in recover()] == [{"step": [1, 2]}]


def test_exceptions_come_back_as_their_class(launch: Callable[[Serializer], None]) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        raise ValueError("broken")

    launch(Marked())
    with SetWorkflowID("failing"), pytest.raises(ValueError, match="broken"):
        workflow()
    with pytest.raises(ValueError, match="broken"):
        DBOS.get_result("failing")


def test_what_it_refuses_is_refused_before_a_row_exists(
    launch: Callable[[Serializer], None],
) -> None:
    @DBOS.workflow()
    def workflow(_value: Any) -> None:
        return None

    launch(Marked())
    with pytest.raises(DBOSSerializationError, match="marked refuses"):
        workflow(b"bytes")
    assert DBOS.list_workflows() == []


def test_no_listing_loads_a_pickle_because_of_it(
    launch: Callable[[Serializer], None], tables: SystemTables
) -> None:
    @DBOS.workflow()
    def workflow() -> int:
        return 1

    launch(Marked())
    with SetWorkflowID("planted"):
        workflow()
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET output = :text,"
        " output_serialization = 'py_pickle'",
        text=base64.b64encode(pickle.dumps({"planted": True})).decode(),
    )
    (status,) = DBOS.list_workflows()
    assert status.output != {"planted": True}


@pytest.mark.parametrize("name", ["json", "py_pickle", "portable_json", ""])
def test_names_of_the_runtime_are_taken(name: str, unlaunched: DBOSConfig) -> None:
    with pytest.raises(DBOSInitializationError, match="serializer"):
        DBOS(config={**unlaunched, "serializer": Named(name)})


def test_only_serializers_are_taken(unlaunched: DBOSConfig) -> None:
    wrong: Any = json
    with pytest.raises(DBOSInitializationError, match="serializer must be"):
        DBOS(config={**unlaunched, "serializer": wrong})


def test_everything_may_be_portable(
    launch: Callable[[Serializer], None], tables: SystemTables
) -> None:
    @DBOS.workflow()
    def workflow(value: Any) -> Any:
        return value

    launch(DBOSPortableJSONSerializer())
    with SetWorkflowID("portable"):
        assert workflow((1,)) == [1]
    stored = tables.query(f"SELECT inputs, output FROM {tables.table('workflow_status')}")[0]
    assert json.loads(stored[0]) == {"positionalArgs": [[1]], "namedArgs": {}}
    assert json.loads(stored[1]) == [1]
