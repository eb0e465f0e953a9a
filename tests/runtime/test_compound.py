"""Compound statements: all rows of an operation or none, also after a rollback and a lost fence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dbos import DBOSConfig
from dbos.config import settings
from dbos.kernel.record import StepRecord
from dbos.launch import open_system
from dbos.system import SystemDatabase, children, events, histories, messages, workflows
from dbos.system.engine import Session
from dbos.system.messages import Letter
from dbos.system.statement import Write
from dbos.system.workflows import NewWorkflow

Make = Callable[[StepRecord, str], Write[str | None]]


@pytest.fixture
def system(config: DBOSConfig) -> Iterator[SystemDatabase]:
    """A system database with a workflow ``parent`` held by ``me``, and nobody else."""
    opened = open_system(settings(config))
    opened.save(workflows.insert(row("parent", owner="me")))
    yield opened
    opened.close()


def row(workflow_id: str, *, owner: str | None = None, held: str | None = None) -> NewWorkflow:
    """A new workflow, on the queue ``q`` when it has a deduplication id."""
    return NewWorkflow(
        workflow_uuid=workflow_id,
        status="PENDING",
        name="work",
        inputs="{}",
        serialization="json",
        created_at=1,
        arrival=1,
        owner_xid=owner,
        queue_name=None if held is None else "q",
        deduplication_id=held,
    )


def step(number: int) -> StepRecord:
    return StepRecord(function_id=number, function_name="op", position=str(number))


def start(record: StepRecord, owner: str) -> Write[str | None]:
    return children.start(row(f"child-{record.function_id}"), "parent", owner, record)


def send(record: StepRecord, owner: str) -> Write[str | None]:
    message = letter(f"message-{record.function_id}", to="parent")
    return messages.send_recorded(messages.send(message, now=1), "parent", owner, record)


def letter(message_id: str, *, to: str) -> Letter:
    return Letter(
        message_id=message_id,
        destination_id=to,
        topic=None,
        message="1",
        serialization="json",
        arrival=1,
    )


def publish(record: StepRecord, owner: str) -> Write[str | None]:
    value = str(record.function_id)
    return events.publish("parent", owner, record, key="k", value=value, serialization="json")


MAKERS = pytest.mark.parametrize("make", [start, send, publish])
TABLES = (
    *("workflow_status", "operation_outputs", "notifications", "workflow_events"),
    "workflow_events_history",
)


def rows(system: SystemDatabase) -> list[int]:
    """How many rows each table has."""
    counts = []
    with system.database.reader() as session:
        for name in TABLES:
            table = getattr(system.language.tables, name)
            counts += session.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return counts


@MAKERS
def test_all_rows_are_written_and_a_second_time_none(system: SystemDatabase, make: Make) -> None:
    before = rows(system)
    assert system.save(make(step(1), "me")) == "PENDING"
    after = rows(system)
    assert sum(after) - sum(before) == (3 if make is publish else 2)
    assert system.save(make(step(1), "me")) is None
    assert rows(system) == after


@MAKERS
def test_who_lost_the_workflow_writes_nothing(system: SystemDatabase, make: Make) -> None:
    before = rows(system)
    assert system.save(make(step(1), "somebody else")) is None
    assert rows(system) == before


@MAKERS
def test_the_statement_works_after_the_transaction_it_was_first_used_in_failed(
    system: SystemDatabase, make: Make
) -> None:
    session: Session = system.database.open()
    try:
        session.begin()
        make(step(1), "me").apply(session)
        session.rollback()
        assert make(step(2), "me").apply(session) == "PENDING"
    finally:
        session.close()


def test_a_taken_id_writes_neither_child_nor_record(system: SystemDatabase) -> None:
    system.save(workflows.insert(row("child-1")))
    system.save(workflows.insert(row("holder", held="once")))
    before = rows(system)
    assert system.save(start(step(1), "me")) is None
    held = children.start(row("child-2", held="once"), "parent", "me", step(2))
    assert system.save(held) is None
    assert rows(system) == before
    assert system.save(start(step(3), "me")) == "PENDING"


def test_a_message_to_nobody_writes_no_record(system: SystemDatabase) -> None:
    before = rows(system)
    message = messages.send(letter("m", to="nobody"), now=1)
    assert system.save(messages.send_recorded(message, "parent", "me", step(1))) is None
    assert rows(system) == before


def test_an_event_read_and_recorded_at_once_is_the_record(system: SystemDatabase) -> None:
    def take(number: int, owner: str, key: str = "k") -> Write[tuple[str, str, str] | None]:
        return events.take_event("parent", owner, step(number), publisher_id="parent", key=key)

    system.save(publish(step(1), "me"))
    assert system.save(take(2, "me", "absent")) is None
    assert system.save(take(2, "somebody else")) is None
    assert system.save(take(2, "me")) == ("PENDING", "1", "json")
    assert system.save(take(2, "me")) is None
    history = system.read(histories.read_histories(system.language, ["parent"]))["parent"]
    assert [(one.function_id, one.output) for one in history] == [(1, None), (2, "1")]
