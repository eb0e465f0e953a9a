"""A database that is away, dies or does not answer: all waits, goes on, and is done once."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from support.behaviour import eventually
from support.outages import CuttableServer, Proxy
from support.processes import RARE_HEARTBEATS, Member, Team, team


@pytest.fixture(scope="module")
def server() -> Iterator[CuttableServer]:
    made = CuttableServer()
    yield made
    made.close()


@pytest.fixture
def database(server: CuttableServer) -> Iterator[str]:
    name = server.create()
    with psycopg.connect(server.url_of(name), autocommit=True) as connection:
        connection.execute("CREATE TABLE rows_written (name TEXT)")
    yield name
    server.drop(name)


@pytest.fixture
def proxy(server: CuttableServer) -> Iterator[Proxy]:
    made = Proxy(server.socket_path())
    yield made
    made.close()


def wait_for_words(member: Member, words: str) -> None:
    eventually(lambda: words in member.errors(), f"the process says {words!r}", 30.0)


def count(url: str, sql: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(sql.encode()).fetchone()
        assert row is not None
        return int(row[0])


def test_a_launch_waits_for_the_database(
    server: CuttableServer, database: str, tmp_path: Path
) -> None:
    with team(server.url_of(database), tmp_path) as group:
        server.cut()
        try:
            member = group.begin_member()
            wait_for_words(member, "does not answer yet")
        finally:
            server.restore()
        member.launched()
        member.ask("start", "plain", "first", "first")
        assert member.ask("result", "first")[0] == "first"


def test_workflows_outlive_the_database(
    server: CuttableServer, database: str, tmp_path: Path
) -> None:
    with team(server.url_of(database), tmp_path) as group:
        first, second = group.member(), group.member()
        first.ask("start", "gated", "step", "step")
        first.ask("start", "receiving", "letter", "letter")
        first.ask("enqueue", "orders", "gated", "queued", "queued")
        first.ask("start", "sleeping", "nap", "nap", 2.0)
        for line in ("at step", "at queued", "before letter", "before nap"):
            group.until(line)
        waits = second.begin("result", "step")
        server.cut()
        try:
            # The steps end while the database is away; their records have to wait.
            group.open_gate()
            group.until("past step")
            wait_for_words(first, "does not answer")
        finally:
            server.restore()
        runner = group.by("at queued")[0]
        assert second.wait(waits)[0] == ["before step", f"step by {first.pid}", "after step"]
        second.ask("send", "letter", "hello")
        assert first.ask("result", "letter")[0] == ["before letter", "hello", "after letter"]
        assert first.ask("result", "queued")[0][1] == f"queued by {runner}"
        assert second.ask("result", "nap")[0] == ["before nap", "after nap"]
        assert sorted(group.noted()) == sorted(set(group.noted())), "nothing ran twice"


def test_notifications_are_heard_again_after_a_restart(
    server: CuttableServer, database: str, tmp_path: Path
) -> None:
    with team(server.url_of(database), tmp_path, **RARE_HEARTBEATS) as group:
        worker, caller = group.member(), group.member(serves_queues=False)
        worker.ask("start", "answering", "before", 1)
        caller.ask("ask_questions", "before", 1)
        server.cut()
        server.restore()
        worker.ask("start", "answering", "after", 8)
        caller.ask("ask_questions", "after", 8)


@pytest.mark.parametrize(
    "cut_at",
    [
        "writer",
        "begin one",
        "row one",
        "letter one",
        "event one",
        "queued one",
        '["begin one"',
        "end one",
    ],
)
@pytest.mark.parametrize("databases", [1, 2])
def test_a_commit_whose_answer_is_lost_is_neither_lost_nor_repeated(
    cut_at: str,
    databases: int,
    server: CuttableServer,
    database: str,
    proxy: Proxy,
    tmp_path: Path,
) -> None:
    with contextlib.ExitStack() as stack:
        config: dict[str, str] = {}
        system = database
        if databases == 2:
            system = server.create()
            stack.callback(server.drop, system)
            config["application_database_url"] = proxy.url_of(database)
        group: Team = stack.enter_context(team(proxy.url_of(system), tmp_path))
        member = group.member(**config)
        member.ask("start", "receiving", "receiver", "receiver")
        proxy.lose_commit_of(cut_at)
        member.ask("start", "writing", "writer", "one", "receiver")
        assert member.ask("result", "writer")[0] == [
            *("begin one", "row one", "queued one", "end one"),
        ]
        assert proxy.lost == 1
        received = member.ask("result", "receiver")[0]
        assert received == ["before receiver", "letter one", "after receiver"]
        url = server.url_of(system)
        assert sorted(group.noted("one")) == ["begin one", "end one", "queued one"]
        assert count(server.url_of(database), "SELECT count(*) FROM rows_written") == 1
        assert count(url, "SELECT count(*) FROM dbos.notifications") == 1
        assert count(url, "SELECT count(*) FROM dbos.workflow_status") == 3
        assert count(url, "SELECT count(*) FROM dbos.workflow_events_history") == 1


def test_a_message_is_received_at_once_although_the_commit_was_not_answered(
    server: CuttableServer, database: str, proxy: Proxy, tmp_path: Path
) -> None:
    with team(server.url_of(database), tmp_path) as group:
        sender = group.member()
        receiver = group.member(system_database_url=proxy.url_of(database))
        receiver.ask("start", "receiving", "receiver", "receiver")
        eventually(lambda: sender.ask("steps", "receiver") == 2, "it waits")
        proxy.lose_commit_of("the letter")
        sender.ask("send", "receiver", "the letter")
        waits = receiver.begin("result", "receiver")
        value = receiver.wait(waits)[0]
        assert value == ["before receiver", "the letter", "after receiver"]
        assert proxy.lost == 1


def test_work_that_was_dequeued_is_run_although_the_commit_was_not_answered(
    server: CuttableServer, database: str, proxy: Proxy, tmp_path: Path
) -> None:
    with team(server.url_of(database), tmp_path) as group:
        caller = group.member(serves_queues=False)
        group.member(system_database_url=proxy.url_of(database))
        proxy.lose_commit_after("the work")
        caller.ask("enqueue", "orders", "plain", "queued", "the work")
        waits = caller.begin("result", "queued")
        assert caller.wait(waits)[0] == "the work"
        assert proxy.lost == 1
        assert group.noted() == ["the work"]


def test_work_that_was_recovered_is_run_although_the_commit_was_not_answered(
    server: CuttableServer, database: str, proxy: Proxy, tmp_path: Path
) -> None:
    with team(server.url_of(database), tmp_path) as group:
        first = group.member()
        first.ask("start", "gated", "left", "the work")
        group.until("at the work")
        first.kill()
        group.open_gate()
        proxy.lose_commit_after("the work")
        second = group.member(system_database_url=proxy.url_of(database))
        # A look at the workflow would be told of the work, too.
        eventually(lambda: proxy.lost == 1, "the claim is not answered")
        waits = second.begin("result", "left")
        value = second.wait(waits)[0]
        assert value == ["before the work", f"the work by {second.pid}", "after the work"]
        assert proxy.lost == 1
        assert group.noted("the work").count("at the work") == 2


@pytest.mark.long
def test_a_sqlite_file_locked_for_seconds(tmp_path: Path) -> None:
    path = tmp_path / "system.sqlite"
    with team(f"sqlite:///{path}", tmp_path) as group:
        member = group.member()
        member.ask("start", "gated", "held", "held")
        group.until("at held")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            group.open_gate()
            wait_for_words(member, "does not answer")
            assert group.by("after held") == []
            other.execute("ROLLBACK")
        value = member.ask("result", "held")[0]
        assert value == ["before held", f"held by {member.pid}", "after held"]
        assert len(group.noted("held")) == 4
