"""What each operation costs in statements and commits: exact counts, on every machine alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID, testing

pytestmark = pytest.mark.usefixtures("launched")

SERVICES = ("heartbeat", "dequeue", "release delayed")
# What the statements of those services have in common, and no statement of a workflow has.
BESIDE = (
    *("executors", "queue_name =", "queue_name >", "substr(", "FROM queues", ".queues", "unnest"),
    *("json_each", "workflow_schedules"),
)


def cost(run: Callable[[], Any]) -> tuple[int, int]:
    """Statements and commits of a call, without those of the services that run beside it."""
    with testing.counting() as counted:
        run()
    commits = [
        one
        for one in counted.commits
        if not all(any(name in write for name in SERVICES) for write in one)
    ]
    statements = [
        sql
        for sql in counted.statements
        # A statement that starts a child looks at queues, too, and is fenced by its parent.
        if "parent_owner" in sql or not any(one in sql for one in BESIDE)
    ]
    return len(statements), len(commits)


def extra(body: Callable[[], Any], empty: Callable[[], Any]) -> tuple[int, int]:
    """What a workflow costs more than an empty one."""
    statements, commits = cost(body)
    least = cost(empty)
    return statements - least[0], commits - least[1]


@DBOS.step()
def plain_step(value: int) -> int:
    return value


def test_an_empty_workflow_costs_two_statements_and_two_commits() -> None:
    @DBOS.workflow()
    def empty() -> None:
        return None

    empty()
    assert cost(empty) == (2, 2)


def test_a_step_costs_one_statement_and_one_commit() -> None:
    @DBOS.workflow()
    def workflow(count: int) -> None:
        for number in range(count):
            plain_step(number)

    workflow(1)
    assert extra(lambda: workflow(7), lambda: workflow(0)) == (7, 7)


def test_a_coroutine_step_costs_the_same() -> None:
    @DBOS.step()
    async def step(value: int) -> int:
        return value

    @DBOS.workflow()
    async def workflow(count: int) -> None:
        for number in range(count):
            await step(number)

    def run(count: int) -> Callable[[], None]:
        return lambda: asyncio.run(workflow(count))

    run(1)()
    assert extra(run(5), run(0)) == (5, 5)


def test_a_hundred_concurrent_steps_share_commits() -> None:
    @DBOS.step()
    async def step(value: int) -> int:
        return value

    @DBOS.workflow()
    async def workflow(count: int) -> None:
        await asyncio.gather(*(step(number) for number in range(count)))

    statements, commits = cost(lambda: asyncio.run(workflow(100)))
    # On Postgres a question of the background may come between.
    assert 102 <= statements <= 104
    assert commits <= 40


def test_sleep_event_send_and_a_present_message() -> None:
    @DBOS.workflow()
    def empty() -> None:
        return None

    @DBOS.workflow()
    def sleeping() -> None:
        DBOS.sleep(0)

    @DBOS.workflow()
    def receiving() -> None:
        DBOS.send(DBOS.workflow_id or "", "hello")
        assert DBOS.recv(timeout_seconds=5) == "hello"

    @DBOS.workflow()
    def sending() -> None:
        DBOS.send(DBOS.workflow_id or "", "hello")

    empty()
    assert extra(sleeping, empty) == (1, 1)
    assert extra(sending, empty) == (1, 1)
    assert extra(receiving, sending) == (2, 1)


def test_an_event_costs_one_statement_to_set_and_one_to_get_inside_and_outside() -> None:
    @DBOS.workflow()
    def empty() -> None:
        return None

    @DBOS.workflow()
    def publishing(times: int) -> None:
        for number in range(times):
            DBOS.set_event("state", number)

    @DBOS.workflow()
    def asking() -> int:
        found: int = DBOS.get_event("publisher", "state", timeout_seconds=5)
        return found

    with SetWorkflowID("publisher"):
        publishing(3)
    assert asking() == 2
    assert extra(lambda: publishing(5), lambda: publishing(0)) == (5, 5)
    assert extra(asking, empty) == (1, 1)
    assert cost(lambda: DBOS.get_event("publisher", "state")) == (1, 0)


def test_a_child_costs_three_statements() -> None:
    @DBOS.workflow()
    def child() -> int:
        return 1

    @DBOS.workflow()
    def parent(children: int) -> int:
        return sum(child() for _ in range(children))

    assert parent(1) == 1
    assert extra(lambda: parent(4), lambda: parent(0)) == (12, 12)


def test_replay_loads_the_history_in_one_query() -> None:
    @DBOS.workflow()
    def workflow() -> int:
        return sum(plain_step(number) for number in range(50))

    with SetWorkflowID("replayed"):
        workflow()
    system = DBOS.running().runtime.system
    with system.database.open().connection as connection:
        table = system.language.tables.workflow_status
        connection.execute(f"UPDATE {table} SET status = 'PENDING'")
    with testing.counting() as counted:
        (handle,) = testing.recover_pending_workflows()
        assert handle.get_result() == sum(range(50))
    assert sum("operation_outputs" in sql for sql in counted.statements) == 1
