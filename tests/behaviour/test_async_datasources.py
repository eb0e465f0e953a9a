"""Datasources of coroutines: transactions awaited on an event loop, each committed exactly once."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dbos import DBOS, AsyncSQLAlchemyDatasource, Queue, SetWorkflowID, SQLAlchemyDatasource
from dbos.error import DBOSException, DBOSInitializationError
from support.behaviour import SystemTables

Recover = Callable[..., list[Any]]
Shop = AsyncSQLAlchemyDatasource


@pytest.fixture
def shop(launched: None, shop_url: str) -> Shop:
    """A datasource; nothing is opened yet."""
    return asyncio.run(AsyncSQLAlchemyDatasource.create(shop_url))


async def sell(shop: Shop, item: str) -> int:
    """Enter a sale; how many there are now."""
    session = shop.sql_session()
    await session.execute(text("INSERT INTO sales (item) VALUES (:item)"), {"item": item})
    found = await session.execute(text("SELECT COUNT(*) FROM sales"))
    return int(found.scalar_one())


def test_a_recovered_workflow_commits_each_transaction_once(
    sold: Callable[[], list[str]], shop: Shop, shop_url: str, tables: SystemTables, recover: Recover
) -> None:
    @shop.transaction
    async def first(item: str) -> int:
        return await sell(shop, item)

    @shop.transaction(name="second sale", isolation_level="READ COMMITTED")
    async def second(item: str) -> int:
        return await sell(shop, item)

    @DBOS.workflow()
    async def workflow() -> list[int]:
        third = await shop.run_tx_step_async({"name": "third"}, sell, shop, "c")
        return [third, await first("a"), await second("b")]

    with SetWorkflowID("once"):
        assert asyncio.run(workflow()) == [1, 2, 3]
    names = [step["function_name"] for step in DBOS.list_workflow_steps("once")]
    assert names == ["third", first.__qualname__, "second sale"]
    if "shop" in shop_url:
        # as after a crash between the commits of the two databases
        tables.forget_steps("once", after=2)
    tables.force_status("once", "PENDING")
    assert [handle.get_result() for handle in recover()] == [[1, 2, 3]]
    assert sold() == ["c", "a", "b"]


def test_transactions_gathered_keep_their_places_and_their_sums(
    sold: Callable[[], list[str]], shop: Shop, tables: SystemTables, recover: Recover
) -> None:
    @shop.transaction
    async def add(item: str, n: int) -> int:
        session = shop.sql_session()
        known = (await session.execute(text("SELECT COALESCE(SUM(n), 0) FROM sales"))).scalar_one()
        await session.execute(text("INSERT INTO sales VALUES (:item, :n)"), {"item": item, "n": n})
        return int(known) + n

    @DBOS.workflow()
    async def workflow() -> list[int]:
        return list(await asyncio.gather(*(add(f"item {n}", n) for n in range(1, 9))))

    with SetWorkflowID("sums"):
        sums = asyncio.run(workflow())
    assert max(sums) == 36
    assert len(set(sums)) == 8
    tables.force_status("sums", "PENDING")
    assert [handle.get_result() for handle in recover()] == [sums]
    assert len(sold()) == 8


def test_an_error_rolls_back_and_is_recorded(sold: Callable[[], list[str]], shop: Shop) -> None:
    @shop.transaction
    async def refused() -> None:
        await sell(shop, "a")
        raise KeyError("no such item")

    @DBOS.workflow()
    async def workflow() -> str:
        try:
            await refused()
        except KeyError as error:
            return str(error)
        return "sold"

    assert asyncio.run(workflow()) == "'no such item'"
    assert sold() == []


def test_outside_of_workflows_and_in_steps_it_is_one_transaction(
    sold: Callable[[], list[str]], shop: Shop
) -> None:
    @shop.transaction
    async def inner(item: str) -> int:
        return await sell(shop, item)

    @shop.transaction
    async def both() -> int:
        return await inner("b") + await inner("c")

    @DBOS.step()
    async def step() -> int:
        return await inner("d")

    @DBOS.workflow()
    async def workflow() -> int:
        return await step()

    async def main() -> list[int]:
        return [await inner("a"), await both(), await workflow()]

    assert asyncio.run(main()) == [1, 5, 4]
    assert sold() == ["a", "b", "c", "d"]


def test_it_runs_on_any_event_loop_and_leaves_nothing_behind(
    sold: Callable[[], list[str]], shop: Shop, recwarn: pytest.WarningsRecorder
) -> None:
    @shop.transaction
    async def selling(item: str) -> int:
        return await sell(shop, item)

    @DBOS.workflow()
    async def workflow(item: str) -> int:
        return await selling(item)

    queue = Queue("sales")
    before = set(threading.enumerate())
    assert asyncio.run(workflow("a")) == 1
    assert asyncio.run(workflow("b")) == 2
    assert queue.enqueue(workflow, "c").get_result() == 3  # type: ignore[comparison-overlap]
    gc.collect()
    assert [str(one.message) for one in recwarn] == []
    begun = {one.name.partition("-")[0] for one in set(threading.enumerate()) - before}
    assert begun <= {"dbos", "asyncio_0"}, "a connection's own thread is still there"
    assert sold() == ["a", "b", "c"]


def test_a_cancelled_transaction_lets_the_next_one_run(
    sold: Callable[[], list[str]], shop: Shop
) -> None:
    entered, never = asyncio.Event(), asyncio.Event()

    @shop.transaction
    async def stuck() -> None:
        await sell(shop, "lost")
        entered.set()
        await never.wait()

    @shop.transaction
    async def selling() -> int:
        return await sell(shop, "kept")

    async def main() -> int:
        holder = asyncio.create_task(stuck())
        await entered.wait()
        waiter = asyncio.create_task(selling())
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)
        return await selling()

    assert asyncio.run(main()) == 1
    assert sold() == ["kept"]


@pytest.mark.parametrize("shop_url", ["same database"], indirect=True)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_plain_call_that_would_hold_up_the_open_transaction_is_refused(
    sold: Callable[[], list[str]], shop: Shop
) -> None:
    @DBOS.workflow()
    def other() -> None: ...

    @shop.transaction
    async def selling() -> int:
        return await sell(shop, "a")

    async def main() -> int:
        running = asyncio.create_task(open_for_long())
        await inside.wait()
        with pytest.raises(DBOSException, match="_async twin"):
            DBOS.start_workflow(other)
        leave.set()
        await running
        DBOS.start_workflow(other)
        return await selling()

    inside, leave = asyncio.Event(), asyncio.Event()

    @shop.transaction
    async def open_for_long() -> None:
        inside.set()
        await leave.wait()

    assert asyncio.run(main()) == 1


def test_a_session_belongs_to_its_own_datasource(
    sold: Callable[[], list[str]], shop: Shop, tmp_path: Path
) -> None:
    other = SQLAlchemyDatasource.create(f"sqlite:///{tmp_path / 'other.sqlite'}")
    with pytest.raises(DBOSException, match="only inside"):
        shop.sql_session()

    @other.transaction
    def elsewhere() -> int:
        return 1

    @shop.transaction
    async def mixed() -> int:
        await sell(shop, "a")
        return elsewhere()

    with pytest.raises(DBOSException, match="another database"):
        asyncio.run(mixed())
    assert sold() == []


@pytest.mark.usefixtures("launched")
def test_wrong_use_is_refused_when_it_is_declared(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = asyncio.run(AsyncSQLAlchemyDatasource.create(database_url))
    with pytest.raises(DBOSException, match="isolation_level"):
        shop.transaction(isolation_level="CHAOS")  # type: ignore[call-overload]

    def plain() -> None: ...

    with pytest.raises(DBOSInitializationError, match="async def"):
        shop.transaction(plain)  # type: ignore[arg-type]
    elsewhere = asyncio.run(AsyncSQLAlchemyDatasource.create("mysql://nowhere/x"))
    with pytest.raises(DBOSInitializationError, match="SQLite or Postgres"):
        asyncio.run(elsewhere.run_migrations())
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DBOSInitializationError, match=r"greenlet.*dbos-build\[asyncio\]"):
        asyncio.run(AsyncSQLAlchemyDatasource.create(database_url))
