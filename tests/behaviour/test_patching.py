"""Patches: new executions take the new way, interrupted ones the way they began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, SetWorkflowID
from support.behaviour import SystemTables

Recover = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def patching(unlaunched: DBOSConfig) -> None:
    """A runtime in which patches are switched on, as the original wants it."""
    DBOS(config={**unlaunched, "enable_patching": True})
    DBOS.launch()


class Code:
    """A workflow whose code is changed between its executions."""

    def __init__(self) -> None:
        self.edition = "old"
        self.ran: list[str] = []

        @DBOS.step()
        def old() -> str:
            self.ran.append("old")
            return "old"

        @DBOS.step()
        def new() -> str:
            self.ran.append("new")
            return "new"

        @DBOS.step()
        def last() -> str:
            self.ran.append("last")
            return "last"

        @DBOS.workflow()
        def workflow() -> str:
            if self.edition == "old":
                first = old()
            elif self.edition == "patched":
                first = new() if DBOS.patch("better") else old()
            elif self.edition == "deprecated":
                DBOS.deprecate_patch("better")
                first = new()
            else:
                first = new()
            return f"{first} {last()}"

        self.workflow: Callable[[], str] = workflow


def test_an_execution_begun_before_the_patch_keeps_its_way(
    tables: SystemTables, recover: Recover
) -> None:
    code = Code()
    with SetWorkflowID("begun"):
        assert code.workflow() == "old last"
    code.edition = "patched"
    tables.force_status("begun", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["old last"]
    assert code.ran == ["old", "last"]


def test_a_new_execution_takes_the_patch(tables: SystemTables, recover: Recover) -> None:
    code = Code()
    code.edition = "patched"
    with SetWorkflowID("fresh"):
        assert code.workflow() == "new last"
    tables.force_status("fresh", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["new last"]
    assert code.ran == ["new", "last"]
    names = [step["function_name"] for step in DBOS.list_workflow_steps("fresh")]
    assert names[0] == "DBOS.patch-better"


def test_a_deprecated_patch_accepts_both(tables: SystemTables, recover: Recover) -> None:
    code = Code()
    code.edition = "patched"
    with SetWorkflowID("patched"):
        code.workflow()
    code.edition = "deprecated"
    tables.force_status("patched", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["new last"]
    with SetWorkflowID("after"):
        assert code.workflow() == "new last"
    names = [step["function_name"] for step in DBOS.list_workflow_steps("after")]
    assert "DBOS.patch-better" not in names


def test_after_deprecation_the_call_may_go(tables: SystemTables, recover: Recover) -> None:
    code = Code()
    code.edition = "deprecated"
    with SetWorkflowID("deprecated"):
        code.workflow()
    code.edition = "final"
    tables.force_status("deprecated", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["new last"]


def test_a_patch_is_asked_in_a_loop(tables: SystemTables, recover: Recover) -> None:
    @DBOS.step()
    def step(number: int) -> int:
        return number

    @DBOS.workflow()
    def workflow() -> list[int]:
        return [step(number) if DBOS.patch("loop") else -1 for number in range(3)]

    with SetWorkflowID("loop"):
        assert workflow() == [0, 1, 2]
    tables.force_status("loop", "PENDING")
    assert [handle.get_result() for handle in recover()] == [[0, 1, 2]]


def test_code_that_is_changed_by_patches_keeps_its_version(unlaunched: DBOSConfig) -> None:
    def launched(body: Callable[[], str], **settings: Any) -> str:
        DBOS.destroy(destroy_registry=True)
        config: Any = {**unlaunched, **settings}
        DBOS(config=config)
        DBOS.workflow(name="changing")(body)
        DBOS.launch()
        return DBOS.application_version

    def before() -> str:
        return "before"

    def after() -> str:
        return "after" if DBOS.patch("better") else "before"

    assert launched(before) != launched(after)
    assert launched(before, enable_patching=True) == launched(after, enable_patching=True)
    mine = {"enable_patching": True, "application_version": "mine"}
    assert launched(after, **mine) == "mine"
