"""A process with three queues that has nothing to do: CPU, threads, connections, transactions."""

from __future__ import annotations

import time
from typing import Any

from bench import Bench
from dbos import DBOS, Queue
from rows import raw
from timing import resident_megabytes, thread_count

# A server of Postgres publishes what an idle connection did before as late as ten seconds after it.
SETTLE_SECONDS, SECONDS = 14.0, 8.0
queues = [Queue(f"queue-{number}") for number in range(3)]
# The server publishes a connection's counts about once a second; those of our own question, too.
COMMITS = (
    "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database"
    " WHERE datname = current_database()"
)
CONNECTIONS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@DBOS.workflow()
def empty() -> None:
    """Something to run once."""


def asked(connection: Any, sql: str) -> float:
    """The one number that a statement answers."""
    return float(connection.execute(sql).fetchone()[0])


def rest() -> float:
    """Do nothing for a while; the per cent of a core that this took."""
    before = time.process_time()
    time.sleep(SECONDS)
    return (time.process_time() - before) / SECONDS * 100


def measure(bench: Bench) -> dict[str, float]:
    """Per cent of one core, threads, megabytes; on Postgres connections and transactions, too."""
    bench.launch()
    empty()
    queues[0].enqueue(empty).get_result()
    time.sleep(SETTLE_SECONDS)
    if bench.is_sqlite:
        figures = {"CPU %": rest()}
    else:
        with raw(bench.url) as connection:
            before = asked(connection, COMMITS)
            figures = {"CPU %": rest()}
            # One of them is the question itself.
            committed = max(0.0, asked(connection, COMMITS) - before - 1)
            figures["transactions per second count"] = committed / SECONDS
            figures["connections count"] = asked(connection, CONNECTIONS)
    figures["threads count"] = float(thread_count())
    figures["memory MB"] = resident_megabytes()
    return figures
