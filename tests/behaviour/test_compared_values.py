"""What replay compares: equal values are equal, however their text came about.

A pickle differs with what else is in memory, a serializer of the program may encrypt, and the text
of an object may hold its address: none of these is a difference of the program.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID
from dbos.error import DBOSUnexpectedStepError
from support.behaviour import SystemTables

Recover = Callable[[], list[Any]]


class Sealing(Serializer):
    """A codec that writes the same value differently each time, as encryption does."""

    def serialize(self, data: Any) -> str:
        return f"{secrets.token_hex(8)}:{json.dumps(data)}"

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data.partition(":")[2])

    def name(self) -> str:
        return "sealing"


class Pair:
    """Only a pickle can hold it, and that differs between one text twice and two equal texts."""

    def __init__(self, first: str, second: str) -> None:
        self.both = [first, second]


def tell(value: Any) -> None:
    """Everything that a workflow can tell the world."""
    DBOS.set_event("key", value)
    DBOS.write_stream("key", value)
    DBOS.send(DBOS.workflow_id or "", value)


@pytest.mark.parametrize("codec", ["own", "sealing"])
def test_a_value_that_is_written_differently_is_no_difference(
    codec: str, unlaunched: DBOSConfig, tables: SystemTables, recover: Recover
) -> None:
    serializer = {"serializer": Sealing()} if codec == "sealing" else {}
    DBOS(config={**unlaunched, **serializer})
    DBOS.launch()
    text = "one object"

    @DBOS.step()
    def step() -> str:
        return text

    @DBOS.workflow()
    def workflow() -> str:
        first, second = step(), step()
        tell([first, second] if serializer else Pair(first, second))
        return "done"

    with SetWorkflowID("w"):
        workflow()
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["done"]


@pytest.mark.usefixtures("launched")
@pytest.mark.parametrize("place", ["step", "event"])
def test_an_object_in_an_error_is_no_difference(
    place: str, tables: SystemTables, recover: Recover
) -> None:
    kept: list[object] = []

    @DBOS.step()
    def step(error: Exception) -> str:
        return type(error).__name__

    @DBOS.workflow()
    def workflow() -> str:
        kept.append(object())  # still there at the replay, so the addresses differ
        error = ValueError(kept[-1])
        if place == "event":
            DBOS.set_event("key", error)
            return "ValueError"
        return step(error)

    with SetWorkflowID("w"):
        assert workflow() == "ValueError"
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["ValueError"]


@pytest.mark.usefixtures("launched")
@pytest.mark.parametrize("portable", [False, True])
def test_another_value_is_a_difference(
    portable: bool, tables: SystemTables, recover: Recover
) -> None:
    told = ["first"]
    form = {"serialization_type": "portable"} if portable else {}

    @DBOS.workflow(**form)  # type: ignore[arg-type]
    def workflow() -> None:
        DBOS.set_event("key", {"value": told[-1]})

    with SetWorkflowID("w"):
        workflow()
    told.append("second")
    tables.force_status("w", "PENDING")
    for handle in recover():
        with pytest.raises(DBOSUnexpectedStepError, match="setEvent"):
            handle.get_result()
