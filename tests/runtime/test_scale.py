"""Four processes on one Postgres: limits and the order of a queue hold over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.postgres import PostgresServer
from support.processes import Team, team

PROCESSES = 4


@pytest.fixture
def group(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Team]:
    name = postgres_server.create()
    with team(postgres_server.url_of(name), tmp_path) as made:
        made.open_gate()
        yield made
    postgres_server.drop(name)


@pytest.mark.long
def test_limits_and_order_hold_over_four_processes(group: Team) -> None:
    caller = group.member(serves_queues=False)
    workers = [group.begin_member() for _ in range(PROCESSES)]
    for worker in workers:
        worker.launched()
    names = [f"single-{number:02}" for number in range(16)]
    keys = ("a", "b", "c")
    for number, name in enumerate(names):
        caller.ask("enqueue", "singles", "gated", name, name)
        key = keys[number % len(keys)]
        parted = f"{key}-{number:02}"
        caller.ask("enqueue_in_partition", key, "gated", parted, parted)
    for name in names:
        caller.ask("result", name)
    for number in range(len(names)):
        caller.ask("result", f"{keys[number % len(keys)]}-{number:02}")
    one_by_one = [what for name in names for what in notes_of(name)]
    assert [what for what in group.noted() if "single-" in what] == one_by_one
    for key in keys:
        mine = [what for what in group.noted() if f" {key}-" in what]
        parted_names = [f"{key}-{number:02}" for number in range(16) if keys[number % 3] == key]
        assert mine == [what for name in parted_names for what in notes_of(name)]
    pids = {line.pid for line in group.lines()}
    assert pids <= {worker.pid for worker in workers}
    assert caller.pid not in pids


def notes_of(name: str) -> list[str]:
    """What a gated workflow notes, in order."""
    return [f"before {name}", f"at {name}", f"past {name}", f"after {name}"]
