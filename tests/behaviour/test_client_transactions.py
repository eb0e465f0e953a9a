"""A client that enqueues and sends inside the caller's own transaction, and opens on first use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy.orm import Session

from dbos import DBOS, DBOSClient, EnqueueOptions, Queue, SendMessage
from dbos.error import (
    DBOSException,
    DBOSInitializationError,
    DBOSNonExistentWorkflowError,
    DBOSQueueDeduplicatedError,
    DBOSStreamTimeoutError,
)

pytestmark = pytest.mark.usefixtures("launched")


@pytest.fixture
def engine(database_url: str) -> Iterator[sqlalchemy.Engine]:
    """The caller's own way to the system database."""
    made = sqlalchemy.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    yield made
    made.dispose()


@pytest.fixture
def client(database_url: str) -> Iterator[DBOSClient]:
    """A client of the launched application."""
    with DBOSClient(system_database_url=database_url) as made:
        yield made


def options(**more: str) -> EnqueueOptions:
    """What these tests enqueue."""
    return {"workflow_name": "adding", "queue_name": "work", **more}  # type: ignore[typeddict-item]


@pytest.fixture
def queue(launched: None) -> Queue:
    """A served queue, and the workflow that is enqueued on it."""

    @DBOS.workflow(name="adding")
    def adding(one: int, *, two: int = 0) -> int:
        return one + two

    return Queue("work")


@pytest.mark.usefixtures("queue")
def test_what_is_enqueued_runs_when_the_caller_commits(
    client: DBOSClient, engine: sqlalchemy.Engine
) -> None:
    with Session(engine) as session:
        handle = client.enqueue_in_transaction(session, options(workflow_id="mine"), 1, two=2)
        assert client.list_workflows() == []
        session.commit()
    assert handle.get_result() == 3
    with engine.begin() as connection:
        handle = client.enqueue_in_transaction(connection, options(), 4)
    assert handle.get_result() == 4


@pytest.mark.usefixtures("queue")
def test_what_is_rolled_back_never_was(client: DBOSClient, engine: sqlalchemy.Engine) -> None:
    with Session(engine) as session:
        client.enqueue_in_transaction(session, options(workflow_id="undone"), 1)
        session.rollback()
    assert client.list_workflows() == []
    assert client.enqueue(options(workflow_id="undone"), 5).get_result() == 5


def test_a_held_deduplication_id_is_seen_inside_the_transaction(
    client: DBOSClient, engine: sqlalchemy.Engine
) -> None:
    with engine.begin() as connection:
        first = options(deduplication_id="one", workflow_id="first", queue_name="unserved")
        client.enqueue_in_transaction(connection, first, 1)
        again = options(deduplication_id="one", queue_name="unserved")
        with pytest.raises(DBOSQueueDeduplicatedError):
            client.enqueue_in_transaction(connection, again, 1)
        again["duplication_policy"] = "return-existing"
        assert client.enqueue_in_transaction(connection, again, 1).workflow_id == "first"


def test_messages_arrive_with_the_commit_all_or_none(
    client: DBOSClient, engine: sqlalchemy.Engine
) -> None:
    @DBOS.workflow()
    def receiver() -> list[str]:
        return [DBOS.recv(timeout_seconds=20), DBOS.recv(timeout_seconds=20)]

    handle = DBOS.start_workflow(receiver)
    with Session(engine) as session:
        client.send_in_transaction(session, handle.workflow_id, "lost")
        session.rollback()
    with Session(engine) as session:
        messages = [SendMessage(handle.workflow_id, "a"), SendMessage("nobody", "b")]
        with pytest.raises(DBOSNonExistentWorkflowError):
            client.send_bulk_in_transaction(session, messages)
        session.rollback()
    with Session(engine) as session:
        client.send_in_transaction(session, handle.workflow_id, "once", idempotency_key="k")
        client.send_in_transaction(session, handle.workflow_id, "twice", idempotency_key="k")
        client.send_bulk_in_transaction(session, [SendMessage(handle.workflow_id, "last")])
        session.commit()
    assert handle.get_result() == ["once", "last"]


def test_what_is_no_transaction_on_this_database_is_refused(
    client: DBOSClient, engine: sqlalchemy.Engine
) -> None:
    with pytest.raises(DBOSException, match="Connection or Session"):
        client.enqueue_in_transaction(engine, options(), 1)  # type: ignore[arg-type]
    assert client.list_workflows() == []


def test_a_lazy_client_opens_at_its_first_call(database_url: str) -> None:
    nowhere = "mysql://nowhere/at/all"
    lazy = DBOSClient(system_database_url=nowhere, lazy=True)
    with pytest.raises(DBOSInitializationError):
        lazy.list_workflows()
    lazy.destroy()
    with DBOSClient(system_database_url=database_url, lazy=True) as client:
        assert client.list_workflows() == []


def test_a_client_takes_the_database_of_an_engine(engine: sqlalchemy.Engine) -> None:
    with DBOSClient(system_database_engine=engine) as client:
        client.check_connection()
        assert client.list_workflows() == []


def test_one_value_of_a_stream_is_read_by_its_offset(client: DBOSClient) -> None:
    @DBOS.workflow()
    def writer() -> None:
        DBOS.write_stream("k", "a")
        DBOS.write_stream("k", {"b": 1})
        DBOS.close_stream("k")

    handle = DBOS.start_workflow(writer)
    assert DBOS.read_stream_offset(handle.workflow_id, "k", 1) == {"b": 1}
    assert client.read_stream_offset(handle.workflow_id, "k", 0) == "a"

    async def read() -> list[object]:
        one = await client.read_stream_offset_async(handle.workflow_id, "k", 0)
        all_ = [value async for value in client.read_stream_async(handle.workflow_id, "k")]
        return [one, *all_]

    assert asyncio.run(read()) == ["a", "a", {"b": 1}]
    with pytest.raises(DBOSStreamTimeoutError):
        DBOS.read_stream_offset(handle.workflow_id, "k", 2)
    with pytest.raises(DBOSStreamTimeoutError):
        DBOS.read_stream_offset(handle.workflow_id, "other", 0, timeout_seconds=0)
    with pytest.raises(DBOSNonExistentWorkflowError):
        DBOS.read_stream_offset("nobody", "k", 0)


def test_that_no_value_came_in_time_is_recorded_for_replay() -> None:
    @DBOS.workflow()
    def silent() -> None:
        DBOS.recv(timeout_seconds=30)

    @DBOS.workflow()
    def reader(writer_id: str) -> str:
        try:
            return str(DBOS.read_stream_offset(writer_id, "k", 0, timeout_seconds=0))
        except DBOSStreamTimeoutError:
            return "late"

    writer = DBOS.start_workflow(silent)
    handle = DBOS.start_workflow(reader, writer.workflow_id)
    assert handle.get_result() == "late"
    steps = DBOS.list_workflow_steps(handle.workflow_id)
    assert [step["function_name"] for step in steps] == ["DBOS.readStreamOffset"]
    assert isinstance(steps[0]["error"], DBOSStreamTimeoutError)
    DBOS.send(writer.workflow_id, "go")
    writer.get_result()


def test_schedules_and_versions_have_async_twins(client: DBOSClient) -> None:
    async def use() -> tuple[list[str], bool, bool]:
        await client.create_schedule_async(
            schedule_name="yearly", workflow_name="adding", schedule="0 0 1 1 *"
        )
        names = [one["schedule_name"] for one in await client.list_schedules_async()]
        found = await client.get_schedule_async("yearly") is not None
        await client.delete_schedule_async("yearly")
        await client.set_latest_application_version_async("newest")
        latest = await client.get_latest_application_version_async()
        return names, found, latest["version_name"] == "newest"

    assert asyncio.run(use()) == (["yearly"], True, True)
