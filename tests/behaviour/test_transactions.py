"""Transactions: one isolated database transaction, committed exactly once with its checkpoint."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from dbos import DBOS, DBOSConfig, Queue, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables, in_thread

Recover = Callable[..., list[Any]]


class Refused(Exception):
    """An error of the program under test."""


@pytest.fixture(params=["same database", "own database"])
def application_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """Where the application's own tables are."""
    if request.param == "same database":
        return database_url
    return f"sqlite:///{tmp_path / 'application.sqlite'}"


@pytest.fixture
def accounts(
    unlaunched: DBOSConfig, application_url: str
) -> Iterator[Callable[[], dict[str, int]]]:
    """A table with two accounts; calling the fixture reads their balances."""
    engine = sqlalchemy.create_engine(
        application_url.replace("postgresql://", "postgresql+psycopg://"),
        poolclass=sqlalchemy.NullPool,
    )
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER)"))
        connection.execute(text("INSERT INTO accounts VALUES ('a', 100), ('b', 100)"))

    def balances() -> dict[str, int]:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT name, balance FROM accounts"))
            return {row[0]: row[1] for row in rows}

    DBOS(config={**unlaunched, "application_database_url": application_url})
    DBOS.launch()
    yield balances
    engine.dispose()


def add(name: str, amount: int) -> None:
    """Change a balance in the running transaction."""
    DBOS.sql_session.execute(
        text("UPDATE accounts SET balance = balance + :amount WHERE name = :name"),
        {"amount": amount, "name": name},
    )


def read(name: str) -> int:
    """Read a balance in the running transaction."""
    row = DBOS.sql_session.execute(
        text("SELECT balance FROM accounts WHERE name = :name"), {"name": name}
    ).one()
    return int(row[0])


def test_an_exception_undoes_everything(accounts: Callable[[], dict[str, int]]) -> None:
    @DBOS.transaction()
    def transfer() -> None:
        add("a", -50)
        add("b", 50)
        raise Refused("changed my mind")

    @DBOS.workflow()
    def workflow() -> None:
        transfer()

    with SetWorkflowID("undone"), pytest.raises(Refused, match="changed my mind"):
        workflow()
    assert accounts() == {"a": 100, "b": 100}
    status = DBOS.get_workflow_status("undone")
    assert status is not None
    assert status.status == "ERROR"


def test_a_transaction_commits_and_returns(accounts: Callable[[], dict[str, int]]) -> None:
    @DBOS.transaction()
    def transfer(amount: int) -> int:
        add("a", -amount)
        add("b", amount)
        return read("b")

    @DBOS.workflow()
    def workflow() -> int:
        return transfer(30)

    with SetWorkflowID("moved"):
        assert workflow() == 130
    assert accounts() == {"a": 70, "b": 130}
    steps = DBOS.list_workflow_steps("moved")
    assert [step["function_name"] for step in steps] == [transfer.__qualname__]


def test_a_committed_transaction_is_never_repeated(
    accounts: Callable[[], dict[str, int]], tables: SystemTables, recover: Recover
) -> None:
    ran: list[str] = []

    @DBOS.transaction()
    def deposit() -> int:
        ran.append("deposit")
        add("a", 1)
        return read("a")

    @DBOS.workflow()
    def workflow() -> int:
        return deposit() + deposit()

    with SetWorkflowID("exact"):
        assert workflow() == 203
    for _ in range(2):
        tables.force_status("exact", "PENDING")
        assert [handle.get_result() for handle in recover()] == [203]
    assert accounts()["a"] == 102
    assert ran == ["deposit", "deposit"]


def test_the_failure_of_a_transaction_is_replayed(
    accounts: Callable[[], dict[str, int]], tables: SystemTables, recover: Recover
) -> None:
    ran: list[str] = []

    @DBOS.transaction()
    def refuse() -> None:
        ran.append("refuse")
        raise Refused("never")

    @DBOS.workflow()
    def workflow() -> str:
        try:
            refuse()
        except Refused as refused:
            return str(refused)
        return "unreachable"

    with SetWorkflowID("refused"):
        assert workflow() == "never"
    tables.force_status("refused", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["never"]
    assert ran == ["refuse"]
    assert accounts() == {"a": 100, "b": 100}


def test_concurrent_transfers_keep_the_sum(accounts: Callable[[], dict[str, int]]) -> None:
    @DBOS.transaction()
    def transfer(source: str, target: str) -> None:
        taken, given = read(source), read(target)
        DBOS.sql_session.execute(
            text("UPDATE accounts SET balance = :value WHERE name = :name"),
            [{"value": taken - 1, "name": source}, {"value": given + 1, "name": target}],
        )

    @DBOS.workflow()
    def workflow(source: str, target: str) -> None:
        for _ in range(3):
            transfer(source, target)

    def work(source: str, target: str) -> Callable[[], None]:
        return lambda: workflow(source, target)

    threads = [in_thread(work(*pair)) for pair in [("a", "b"), ("b", "a"), ("a", "b")]]
    for thread in threads:
        thread.join(60)
    assert accounts() == {"a": 97, "b": 103}


def test_a_transaction_outside_a_workflow_still_commits_or_rolls_back(
    accounts: Callable[[], dict[str, int]],
) -> None:
    @DBOS.transaction()
    def deposit(amount: int) -> int:
        add("a", amount)
        if amount < 0:
            raise Refused("negative")
        return read("a")

    assert deposit(5) == 105
    with pytest.raises(Refused):
        deposit(-5)
    assert accounts()["a"] == 105


def test_the_session_exists_only_in_a_transaction(
    accounts: Callable[[], dict[str, int]],
) -> None:
    @DBOS.step()
    def step() -> None:
        add("a", 1)

    @DBOS.workflow()
    def in_step() -> None:
        step()

    @DBOS.workflow()
    def in_workflow() -> None:
        add("a", 1)

    for function in (in_step, in_workflow, lambda: add("a", 1)):
        with pytest.raises((DBOSException, AssertionError), match=r"(?i)transaction|context"):
            function()
    assert accounts() == {"a": 100, "b": 100}


@pytest.mark.parametrize("level", ["SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED"])
def test_isolation_levels_are_accepted(accounts: Callable[[], dict[str, int]], level: Any) -> None:
    @DBOS.transaction(isolation_level=level)
    def deposit() -> int:
        add("a", 1)
        return read("a")

    @DBOS.workflow()
    def workflow() -> int:
        return deposit()

    assert workflow() == 101
    assert accounts()["a"] == 101


def test_a_transaction_called_in_a_transaction_is_refused_or_part_of_it(
    accounts: Callable[[], dict[str, int]],
) -> None:
    @DBOS.transaction()
    def inner() -> None:
        add("a", 1)

    @DBOS.transaction()
    def outer() -> None:
        add("b", 1)
        inner()
        raise Refused("all or nothing")

    @DBOS.workflow()
    def workflow() -> None:
        outer()

    with pytest.raises((Refused, DBOSException, AssertionError)):
        workflow()
    assert accounts() == {"a": 100, "b": 100}


def test_transactions_run_from_a_coroutine_through_a_thread(
    accounts: Callable[[], dict[str, int]],
) -> None:
    @DBOS.transaction()
    def deposit(amount: int) -> int:
        add("a", amount)
        return read("a")

    @DBOS.workflow()
    async def workflow() -> int:
        return await asyncio.to_thread(deposit, 7)

    async def main() -> int:
        with SetWorkflowID("threaded"):
            return await workflow()

    assert asyncio.run(main()) == 107
    assert accounts()["a"] == 107


def test_transactions_and_steps_share_one_numbering(
    accounts: Callable[[], dict[str, int]],
) -> None:
    @DBOS.transaction()
    def deposit() -> int:
        add("a", 1)
        return read("a")

    @DBOS.step()
    def step() -> str:
        return "step"

    @DBOS.workflow()
    def workflow() -> list[Any]:
        return [step(), deposit(), step()]

    with SetWorkflowID("mixed"):
        assert workflow() == ["step", 101, "step"]
    assert [
        (step["function_id"], step["output"]) for step in DBOS.list_workflow_steps("mixed")
    ] == [(1, "step"), (2, 101), (3, "step")]
    assert accounts()["a"] == 101


def test_writers_do_not_block_each_other_for_ever(
    accounts: Callable[[], dict[str, int]],
) -> None:
    barrier = threading.Barrier(4)

    @DBOS.transaction()
    def deposit() -> None:
        add("a", 1)

    @DBOS.workflow()
    def workflow() -> None:
        deposit()

    def work() -> None:
        barrier.wait()
        workflow()

    threads = [in_thread(work) for _ in range(4)]
    for thread in threads:
        thread.join(60)
    assert accounts()["a"] == 104


@pytest.mark.parametrize("way", ["start", "enqueue"])
def test_a_transaction_started_by_itself_is_a_workflow_that_calls_it(
    accounts: Callable[[], dict[str, int]], tables: SystemTables, recover: Recover, way: str
) -> None:
    queue = Queue("transactions")

    @DBOS.transaction(name="deposit")
    def deposit(name: str, amount: int) -> int:
        add(name, amount)
        return amount

    with SetWorkflowID("alone"):
        handle = (
            DBOS.start_workflow(deposit, "a", 7)
            if way == "start"
            else queue.enqueue(deposit, "a", 7)
        )
    assert handle.get_result() == 7
    assert [step["function_name"] for step in DBOS.list_workflow_steps("alone")] == ["deposit"]
    tables.force_status("alone", "PENDING")
    assert [each.get_result() for each in recover()] == [7]
    assert accounts() == {"a": 107, "b": 100}
