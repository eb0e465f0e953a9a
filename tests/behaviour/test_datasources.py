"""Datasources: transactions on databases of the program's choice, each committed exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dbos import DBOS, SetWorkflowID, SQLAlchemyDatasource
from dbos.error import DBOSException, DBOSInitializationError
from support.behaviour import SystemTables

Recover = Callable[..., list[Any]]


def sell(shop: SQLAlchemyDatasource, item: str) -> int:
    """Enter a sale; how many there are now."""
    session = shop.sql_session()
    session.execute(text("INSERT INTO sales (item) VALUES (:item)"), {"item": item})
    return int(session.execute(text("SELECT COUNT(*) FROM sales")).scalar_one())


def test_a_recovered_workflow_commits_each_transaction_once(
    sold: Callable[[], list[str]], shop_url: str, tables: SystemTables, recover: Recover
) -> None:
    shop = SQLAlchemyDatasource.create(shop_url)

    @shop.transaction
    def first(item: str) -> int:
        return sell(shop, item)

    @shop.transaction(name="second sale", isolation_level="READ COMMITTED")
    def second(item: str) -> int:
        return sell(shop, item)

    @DBOS.workflow()
    def workflow() -> list[int]:
        third = shop.run_tx_step({"name": "third"}, sell, shop, "c")
        return [third, first("a"), second("b")]

    with SetWorkflowID("once"):
        assert workflow() == [1, 2, 3]
    names = [step["function_name"] for step in DBOS.list_workflow_steps("once")]
    assert names == ["third", first.__qualname__, "second sale"]
    if "shop" in shop_url:
        # as after a crash between the commits of the two databases
        tables.forget_steps("once", after=2)
    tables.force_status("once", "PENDING")
    assert [handle.get_result() for handle in recover()] == [[1, 2, 3]]
    assert sold() == ["c", "a", "b"]


def test_an_error_rolls_back_and_is_recorded(sold: Callable[[], list[str]], shop_url: str) -> None:
    shop = SQLAlchemyDatasource.create(shop_url)

    @shop.transaction
    def refused() -> None:
        sell(shop, "a")
        raise KeyError("no such item")

    @DBOS.workflow()
    def workflow() -> str:
        try:
            refused()
        except KeyError as error:
            return str(error)
        return "sold"

    assert workflow() == "'no such item'"
    assert sold() == []


def test_outside_of_workflows_and_in_steps_it_is_one_transaction(
    sold: Callable[[], list[str]], shop_url: str
) -> None:
    shop = SQLAlchemyDatasource.create(shop_url)

    @shop.transaction
    def inner(item: str) -> int:
        return sell(shop, item)

    @shop.transaction
    def both() -> int:
        return inner("b") + inner("c")

    @DBOS.step()
    def step() -> int:
        return inner("d")

    @DBOS.workflow()
    def workflow() -> int:
        return step()

    assert inner("a") == 1
    assert both() == 5
    assert workflow() == 4
    assert sold() == ["a", "b", "c", "d"]


def test_coroutine_workflows_call_it_in_a_thread(
    sold: Callable[[], list[str]], shop_url: str
) -> None:
    shop = SQLAlchemyDatasource.create(shop_url)

    @shop.transaction
    def selling(item: str) -> int:
        return sell(shop, item)

    @DBOS.workflow()
    async def workflow() -> int:
        return await asyncio.to_thread(selling, "a")

    assert asyncio.run(workflow()) == 1
    assert sold() == ["a"]


def test_a_session_belongs_to_its_own_datasource(
    sold: Callable[[], list[str]], shop_url: str, tmp_path: Path
) -> None:
    shop = SQLAlchemyDatasource.create(shop_url)
    other = SQLAlchemyDatasource.create(f"sqlite:///{tmp_path / 'other.sqlite'}")
    with pytest.raises(DBOSException, match="only inside"):
        shop.sql_session()

    @other.transaction
    def elsewhere() -> int:
        return 1

    @shop.transaction
    def mixed() -> int:
        sell(shop, "a")
        return elsewhere()

    @shop.transaction
    def confused() -> None:
        other.sql_session()

    with pytest.raises(DBOSException, match="another database"):
        mixed()
    with pytest.raises(DBOSException, match="another database"):
        confused()
    assert sold() == []


@pytest.mark.usefixtures("launched")
def test_wrong_use_is_refused_when_it_is_declared(database_url: str) -> None:
    shop = SQLAlchemyDatasource.create(database_url)
    with pytest.raises(DBOSException, match="isolation_level"):
        shop.transaction(isolation_level="CHAOS")  # type: ignore[call-overload]

    async def coroutine() -> None: ...

    with pytest.raises(DBOSInitializationError, match="to_thread"):
        shop.transaction(coroutine)
    with pytest.raises(DBOSInitializationError, match="SQLite or Postgres"):
        SQLAlchemyDatasource.create("mysql://nowhere/x").run_migrations()
