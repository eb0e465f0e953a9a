"""A process that comes while another one looks for work that was left: it keeps what it begins.

Between the question who is there and the question whose work is left there may be seconds, as when
a whole fleet is launched on a busy database.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbos.kernel import seam
from dbos.system import SystemDatabase, executors, in_flight, pending, workflows
from dbos.system.executors import Executor
from dbos.system.in_flight import Group

NEWCOMER = "newcomer-process"
QUEUE = "served"


@pytest.fixture
def system(database_url: str) -> Iterator[SystemDatabase]:
    """A database with a workflow that the newcomer has just taken from a queue."""
    made = SystemDatabase(database_url)
    made.migrate()
    row = workflows.NewWorkflow(
        workflow_uuid="begun",
        status="PENDING",
        name="any",
        inputs="{}",
        serialization="json",
        created_at=1,
        arrival=1,
        owner_xid=f"{NEWCOMER}/1",
        application_version="new",
        queue_name=QUEUE,
    )
    assert made.save(workflows.insert(row))
    yield made
    made.close()


def announce(system: SystemDatabase) -> None:
    newcomer = Executor(
        process_token=NEWCOMER,
        executor_id="local",
        host="elsewhere",
        process_start="1",
        pid=1,
        application_version="new",
        beats=1,
    )
    system.save(executors.beat(newcomer, seam.now_ms()))


def orphans(system: SystemDatabase, *, dead: list[str]) -> list[str]:
    asked = pending.read_orphans(
        system.language,
        alive=["who asks"],
        dead=dead,
        application_version="new",
        workflow_versions=[],
    )
    return [one.workflow_id for one in system.read(asked)]


def stranded(system: SystemDatabase, *, dead: list[str]) -> list[Group]:
    asked = in_flight.read_unserved(
        system.language, alive=["who asks"], dead=dead, served=["former"]
    )
    return [group for group in system.read(asked) if group.begun]


def freed(system: SystemDatabase, *, dead: list[str]) -> int:
    group = Group(True, QUEUE, "any", "new", None, 1, "begun")
    return system.save(in_flight.free(system.language, group, alive=["who asks"], dead=dead))


def test_the_work_of_a_process_that_was_not_judged_is_nobody_elses(system: SystemDatabase) -> None:
    announce(system)
    assert orphans(system, dead=[]) == []
    assert stranded(system, dead=[]) == []
    assert freed(system, dead=[]) == 0


def test_the_work_of_a_process_that_was_judged_dead_is_left(system: SystemDatabase) -> None:
    announce(system)
    assert orphans(system, dead=[NEWCOMER]) == ["begun"]
    assert [group.count for group in stranded(system, dead=[NEWCOMER])] == [1]
    assert freed(system, dead=[NEWCOMER]) == 1


def test_the_work_of_a_process_that_is_not_on_the_list_is_left(system: SystemDatabase) -> None:
    assert orphans(system, dead=[]) == ["begun"]
    assert [group.count for group in stranded(system, dead=[])] == [1]
    assert freed(system, dead=[]) == 1
