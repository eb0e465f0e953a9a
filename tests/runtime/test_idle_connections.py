"""Connections that were needed for a moment are not kept: a process at rest reads with one."""

from __future__ import annotations

import contextlib

from dbos import testing
from dbos.system import SystemDatabase
from dbos.system.engine import IDLE_READERS, SPARE_SECONDS, Session


def is_open(session: Session) -> bool:
    """Whether the connection of a session answers."""
    with contextlib.suppress(Exception):
        return bool(session.connection.execute("SELECT 1").fetchone())
    return False


def test_readers_of_a_busy_moment_are_closed_when_it_is_over(database_url: str) -> None:
    system = SystemDatabase(database_url)
    system.migrate()
    database = system.database
    with contextlib.ExitStack() as stack:
        busy = [stack.enter_context(database.reader()) for _ in range(IDLE_READERS + 1)]
    assert [is_open(one) for one in busy].count(True) == IDLE_READERS
    with testing.skipping_time() as clock:
        with database.reader() as last:
            clock.skip(SPARE_SECONDS / 2)
        clock.skip(SPARE_SECONDS / 2 + 1)
        # The last one was used a moment ago, and the others were not.
        with database.reader() as found:
            assert found is last
        assert [is_open(one) for one in busy if one is not last] == [False] * IDLE_READERS
        clock.skip(2 * SPARE_SECONDS)
        with database.reader() as found:
            assert found is last
    system.close()
    assert not is_open(last)
