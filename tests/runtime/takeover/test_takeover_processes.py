"""Builds that follow each other on one database: who goes on with whose work, in real processes.

The old build is killed in the middle of a workflow. The new one goes on when its registry proves
that the record fits and the configuration lets it; otherwise it leaves the work alone and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.behaviour import SystemTables, eventually
from support.processes import Member, Team, team

PROOF = "forward-safe: one more step at the end"
OLD: dict[str, Any] = {
    "application_version": None,
    "build": {"application": "old", "versions": {"gated": "v1-old", "plain": "v1-old"}},
}
UNPROVEN: dict[str, Any] = {
    "application_version": None,
    "build": {"application": "new", "versions": {"gated": "v1-new", "plain": "v1-new"}},
}
PROVEN: dict[str, Any] = {
    "application_version": None,
    "build": {
        **UNPROVEN["build"],
        "takes_over": [
            {"workflow": name, "version": "v1-old", "reason": PROOF} for name in ("gated", "plain")
        ],
    },
}
OPTED_IN = {"take_over": "proven-safe"}


@pytest.fixture
def group(database_url: str, tmp_path: Path) -> Iterator[Team]:
    with team(database_url, tmp_path) as made:
        yield made


def killed_at_the_gate(group: Team, **config: Any) -> Member:
    """An old build that was killed while one workflow ran and another one of a queue did."""
    old = group.member(**OLD, **config)
    old.ask("start", "gated", "direct", "direct")
    old.ask("enqueue", "singles", "gated", "queued", "queued")
    group.until("at direct")
    group.until("at queued")
    old.kill()
    return old


def recovered(name: str, pid: int) -> list[str]:
    return [f"before {name}", f"{name} by {pid}", f"after {name}"]


def versions(tables: SystemTables, workflow_id: str) -> tuple[str, str, str]:
    """Status and versions of a workflow as its row has them."""
    (row,) = tables.query(
        "SELECT status, application_version, workflow_version FROM "
        f"{tables.table('workflow_status')} WHERE workflow_uuid = :id",
        id=workflow_id,
    )
    return (row[0], row[1], row[2])


def test_a_proven_successor_goes_on_without_repeating_a_step(
    group: Team, database_url: str
) -> None:
    killed_at_the_gate(group)
    new = group.member(**PROVEN, **OPTED_IN, log_level="INFO")
    group.until("at direct", times=2)
    group.until("at queued", times=2)
    group.open_gate()
    for name in ("direct", "queued"):
        assert new.ask("result", name)[0] == recovered(name, new.pid)
        assert Counter(group.noted(name)) == {
            f"before {name}": 1,
            f"past {name}": 1,
            f"after {name}": 1,
            f"at {name}": 2,
        }
        assert versions(SystemTables(database_url), name) == ("SUCCESS", "new", "v1-new")
        assert f"Took over workflow '{name}' ('gated') of version v1-old: {PROOF}" in new.errors()
    assert "stranded" not in new.errors()


def test_without_the_opt_in_the_work_stays_and_is_reported_once(
    group: Team, database_url: str
) -> None:
    killed_at_the_gate(group)
    new = group.member(**PROVEN, heartbeat_seconds=0.1)
    eventually(lambda: "stranded" in new.errors(), "the report")
    new.ask("start", "plain", "own", "own")
    assert new.ask("result", "own")[0] == "own"
    tables = SystemTables(database_url)
    assert versions(tables, "direct") == ("PENDING", "old", "v1-old")
    assert versions(tables, "queued") == ("ENQUEUED", "old", "v1-old")
    told = new.errors()
    assert told.count("stranded:") == 1
    assert "2 workflows in flight are stranded" in told
    for counted in ("1 of 'gated' begun", "1 of 'gated' on a queue"):
        assert f"{counted} (version old, workflow version v1-old): it fits ({PROOF})" in told
    assert 'config {"take_over": "proven-safe"}' in told
    assert "dbos-build stranded --db" in told
    assert "dbos workflow resume 'direct'" in told


def test_what_is_not_proven_is_never_taken(group: Team, database_url: str) -> None:
    killed_at_the_gate(group)
    new = group.member(**UNPROVEN, **OPTED_IN)
    eventually(lambda: "nothing proves that it fits" in new.errors(), "the report")
    # The queue runs one at a time, but what waits for the old build does not count.
    new.ask("enqueue", "singles", "plain", "own", "own")
    assert new.ask("result", "own")[0] == "own"
    assert new.ask("recover") == []
    tables = SystemTables(database_url)
    assert versions(tables, "direct") == ("PENDING", "old", "v1-old")
    assert versions(tables, "queued") == ("ENQUEUED", "old", "v1-old")
    successor = group.member(**OLD)
    group.until("at queued", times=2)
    group.open_gate()
    for name in ("direct", "queued"):
        assert successor.ask("result", name)[0] == recovered(name, successor.pid)


def test_queued_and_delayed_work_is_taken_over_with_its_limits(
    group: Team, database_url: str
) -> None:
    old = group.member(**OLD, serves_queues=False)
    for number in range(3):
        old.ask("enqueue", "singles", "plain", f"waits-{number}", f"waits-{number}")
    old.ask("delay", "singles", "plain", "later", 0.2, "later")
    old.kill()
    new = group.member(**PROVEN, **OPTED_IN, log_level="INFO")
    for name in ("waits-0", "waits-1", "waits-2", "later"):
        assert new.ask("result", name)[0] == name
        assert versions(SystemTables(database_url), name) == ("SUCCESS", "new", "v1-new")
    assert group.noted("waits-0") == ["waits-0"]
    assert f"v1-old: {PROOF}. Ids: 'later', 'waits-0', 'waits-1', 'waits-2'" in new.errors()


def test_queued_work_without_the_opt_in_is_counted(group: Team, database_url: str) -> None:
    old = group.member(**OLD, serves_queues=False)
    for number in range(3):
        old.ask("enqueue", "singles", "plain", f"waits-{number}", "waits")
    old.kill()
    new = group.member(**PROVEN)
    eventually(lambda: "stranded" in new.errors(), "the report")
    assert "3 of 'plain' on a queue (version old, workflow" in new.errors()
    assert versions(SystemTables(database_url), "waits-0") == ("ENQUEUED", "old", "v1-old")


def test_two_builds_side_by_side_keep_their_own(group: Team, database_url: str) -> None:
    tables = SystemTables(database_url)
    old = group.member(**OLD)
    successor = group.member(**OLD)
    new = group.member(**PROVEN, **OPTED_IN, heartbeat_seconds=0.2)
    old.ask("start", "gated", "direct", "direct")
    group.until("at direct")
    old.kill()
    # Another process of the old build lives, so it is that one which goes on.
    group.until("at direct", times=2)
    new.ask("enqueue", "orders", "plain", "of-new", "of-new")
    successor.ask("enqueue", "orders", "plain", "of-old", "of-old")
    assert new.ask("result", "of-new")[0] == "of-new"
    assert new.ask("result", "of-old")[0] == "of-old"
    assert group.by("of-new") == [new.pid]
    assert group.by("of-old") == [successor.pid]
    assert versions(tables, "direct") == ("PENDING", "old", "v1-old")
    assert "stranded" not in new.errors()
    successor.kill()
    # Now nobody runs the old build any more.
    group.until("at direct", times=3)
    group.open_gate()
    assert new.ask("result", "direct")[0] == recovered("direct", new.pid)
    assert group.noted("before direct") == ["before direct"]


def test_more_stranded_work_is_reported_when_it_appears(group: Team) -> None:
    old = group.member(**OLD)
    new = group.member(**UNPROVEN)
    old.ask("start", "gated", "first", "first")
    group.until("at first")
    assert "stranded" not in new.errors()
    old.kill()
    eventually(lambda: "1 workflow in flight is stranded" in new.errors(), "the report")
