"""Stubs in a process that runs the application: the same as `DBOS.start_workflow`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, Queue
from dbos.error import DBOSException, DBOSInitializationError
from dbos.registry import Instances, Registry, Workflow, live
from dbos.stubs import WorkflowStub


@dataclass(frozen=True, slots=True)
class Program:
    """A launched program and its stubs."""

    registry: Registry
    add: WorkflowStub[..., int]
    later: WorkflowStub[..., int]
    shop: Any


def declare() -> None:
    """Declare the workflows."""
    Queue("small", worker_concurrency=1)

    @DBOS.workflow(name="add")
    def add(first: int, second: int = 10) -> int:
        return first + second

    @DBOS.workflow(name="later")
    async def later(number: int) -> int:
        return number

    @DBOS.dbos_class("Shop")
    class Shop(DBOSConfiguredInstance):
        @DBOS.workflow(name="Shop.open")
        def open(self, hour: int) -> str:
            return f"{self.config_name} {hour}"

    Shop("main")


def registry_of_live(**changes: Any) -> Registry:
    """What a build would have written of the declared workflows."""
    workflows = tuple(
        Workflow(name=name, entry=one.entry, version="v1-test")
        for name, one in sorted(live.workflows.items())
        if not one.entry.startswith("dbos.")
    )
    return Registry(**{"format": 2, "application_version": "1", "workflows": workflows, **changes})


def stubs_of(registry: Registry) -> Program:
    """The stubs as a build writes them."""

    @registry.stub("add")
    def add(first: int, second: int = ...) -> int: ...  # type: ignore[empty-body]

    @registry.stub("later")
    def later(number: int) -> int: ...  # type: ignore[empty-body]

    class Shop(Instances, name="Shop"):
        @registry.instance_stub("Shop.open")
        def open(self, hour: int) -> str: ...  # type: ignore[empty-body]

    return Program(registry, add, later, Shop)


@pytest.fixture
def program(config: DBOSConfig) -> Program:
    """The program, launched with its registry."""
    declare()
    made = stubs_of(registry_of_live())
    DBOS(config=config, registry=made.registry)
    DBOS.launch()
    return made


def test_start_runs_here_and_enqueue_lets_anybody_run_it(program: Program) -> None:
    started = program.add.start(1)
    assert started.get_result() == 11
    assert started.get_status().queue_name is None
    assert started.get_status().input == {"args": (1,), "kwargs": {}}
    anywhere = program.add.enqueue(1, second=2)
    assert anywhere.get_result() == 3
    assert anywhere.get_status().queue_name == "_dbos_internal_queue"
    queued = program.add.on("small", priority=3).enqueue(2)
    assert queued.get_result() == 12
    assert (queued.get_status().queue_name, queued.get_status().priority) == ("small", 3)
    assert program.shop("main").open.start(9).get_result() == "main 9"


def test_from_coroutines(program: Program) -> None:
    async def main() -> list[int]:
        handles = [
            await program.later.start_async(1),
            await program.later.enqueue_async(2),
            await program.add.start_async(1, 2),
            await program.later.on("small").enqueue_async(4),
        ]
        found = await program.later.retrieve_async(handles[0].workflow_id)
        return [await handle.get_result() for handle in (*handles, found)]

    assert asyncio.run(main()) == [1, 2, 3, 4, 1]


@pytest.mark.parametrize("verb", ["start", "enqueue", "on", "retrieve"])
def test_a_workflow_is_told_to_use_what_the_compiler_follows(config: DBOSConfig, verb: str) -> None:
    declare()
    stubs: list[Program] = []

    @DBOS.workflow(name="parent")
    def parent() -> object:
        add = stubs[0].add
        match verb:
            case "start":
                return add.start(1)
            case "enqueue":
                return add.enqueue(1)
            case "on":
                return add.on("small").enqueue(1)
        return add.retrieve("x")

    stubs.append(stubs_of(registry_of_live()))
    DBOS(config=config, registry=stubs[0].registry)
    DBOS.launch()
    with pytest.raises(DBOSException, match=r"inside a workflow: .* DBOS\.start_workflow"):
        parent()
    assert [one.name for one in DBOS.list_workflows()] == ["parent"]


def test_wrong_arguments_write_nothing(program: Program) -> None:
    add = program.add
    calls: list[Callable[[], Any]] = [
        lambda: add.start(),
        lambda: add.start(1, 2, 3),
        lambda: add.enqueue(first=1, third=2),
        lambda: add.on("small").enqueue(),
        lambda: add.start_async(1, first=1),
    ]
    for wrong in calls:
        with pytest.raises(TypeError, match=r"add\.\w+: .*workflow 'add' takes"):
            wrong()
    with pytest.raises(DBOSException, match="there is no queue 'large'"):
        program.add.on("large").enqueue(1)
    with pytest.raises(DBOSException, match="no instance 'other' of class 'Shop'"):
        program.shop("other").open.start(1)
    assert DBOS.list_workflows() == []


def test_a_queue_registered_in_the_database_is_known(program: Program) -> None:
    DBOS.register_queue("stored")
    live.queues.pop("stored")
    assert program.add.on("stored").enqueue(1).get_result() == 11


def test_a_stub_of_another_build_is_refused(program: Program) -> None:
    other = stubs_of(registry_of_live(application_version="2"))
    with pytest.raises(DBOSException, match="belongs to version 2, but this process was launched"):
        other.add.start(1)
    unknown = stubs_of(registry_of_live(workflows=()))
    DBOS.destroy()
    DBOS(config={"name": "other", "system_database_url": "sqlite://"}, registry=unknown.registry)
    with pytest.raises(DBOSException, match="no database to write to"):
        unknown.add.start(1)


def test_a_workflow_that_the_registry_does_not_have(config: DBOSConfig) -> None:
    declare()
    DBOS(config=config)
    DBOS.launch()
    with pytest.raises(DBOSInitializationError, match="the registry has no workflow 'add'"):
        stubs_of(registry_of_live(workflows=())).add.start(1)
    moved = tuple(
        Workflow(name=one.name, entry="elsewhere:add", version=one.version)
        for one in registry_of_live().workflows
    )
    with pytest.raises(DBOSInitializationError, match="does not declare workflow 'add' any more"):
        stubs_of(registry_of_live(workflows=moved)).add.start(1)


def test_a_connected_registry_is_for_plain_code_and_steps(config: DBOSConfig) -> None:
    declare()
    elsewhere = stubs_of(registry_of_live())

    @DBOS.step(name="reach")
    def reach() -> str:
        return elsewhere.add.start(1).workflow_id

    @DBOS.workflow(name="right")
    def right() -> str:
        return reach()

    @DBOS.workflow(name="wrong")
    def wrong() -> str:
        return elsewhere.add.start(1).workflow_id

    DBOS(config=config)
    DBOS.launch()
    url = str(config["system_database_url"])
    with elsewhere.registry.connect(url):
        with pytest.raises(DBOSException, match="belongs into a step"):
            wrong()
        row = DBOS.get_workflow_status(right())
        assert row is not None
        assert (row.name, row.status) == ("add", "ENQUEUED")
        assert (row.app_version, row.workflow_version) == ("1", "v1-test")
    assert elsewhere.add.start(2).get_result() == 12
