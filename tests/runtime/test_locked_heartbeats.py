"""A process that is stopped amid its heartbeat holds the lock of its row: nobody waits for it."""

from __future__ import annotations

from dbos.system import SystemDatabase, executors
from dbos.system.executors import Executor
from support.postgres import PostgresServer


def test_a_row_that_a_stopped_process_holds_is_left_to_a_later_call(
    postgres_server: PostgresServer,
) -> None:
    name = postgres_server.create()
    system = SystemDatabase(postgres_server.url_of(name))
    try:
        system.migrate()
        stopped = Executor(
            process_token="stopped",
            executor_id="local",
            host="here",
            process_start="1",
            pid=1,
            application_version="1",
            beats=1,
        )
        system.save(executors.beat(stopped, 1))
        session = system.database.open()
        session.begin()
        session.run(executors.BEAT, **executors._parameters(stopped, 2))
        system.save(executors.remove("stopped"))
        assert [one.process_token for one in system.read(executors.read_executors())] == ["stopped"]
        session.rollback()
        session.close()
        system.save(executors.remove("stopped"))
        assert system.read(executors.read_executors()) == []
    finally:
        system.close()
        postgres_server.drop(name)
