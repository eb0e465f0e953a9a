"""The crash harness: run a workflow, let its process "die" at the n-th commit, recover, compare.

In: a scenario. Out: nothing, or an assertion that names the crash point. It never sleeps and never
mocks: the database is real, and after the crash nothing of the old runtime reaches it any more.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from dbos import DBOS, DBOSClient, DBOSConfig, SetWorkflowID, testing
from dbos.error import DBOSException, DBOSNonExistentWorkflowError, DBOSShutdownError

WORKFLOW_ID = "scenario"
MOST_COMMITS = 60


@dataclass
class Effects:
    """What the steps of a scenario have done to the world outside the database."""

    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str) -> str:
        """One effect of a step; the name tells the call apart from the others."""
        with self._lock:
            self.counts[name] += 1
        return name


@dataclass(frozen=True)
class Scenario:
    """A workflow to run, what it answers, and who else takes part (a sender of messages, …)."""

    name: str
    start: Callable[[], Any]
    expected: Any
    beside: Callable[[], None] = lambda: None


def run_to_the_end(scenario: Scenario) -> Any:
    """Start the scenario, or find it running, and wait for its result."""
    try:
        handle = DBOS.retrieve_workflow(WORKFLOW_ID)
    except DBOSNonExistentWorkflowError:
        with SetWorkflowID(WORKFLOW_ID):
            scenario.start()
        handle = DBOS.retrieve_workflow(WORKFLOW_ID)
    scenario.beside()
    return handle.get_result()


def crash_once(
    config: DBOSConfig,
    scenario: Scenario,
    effects: Effects,
    number: int,
    when: Literal["before", "after"],
) -> bool:
    """Crash at one point and recover; True when the run came that far."""
    effects.counts.clear()
    where = f"{scenario.name}, {when} commit {number}"
    DBOS(config=config)
    DBOS.reset_system_database()
    DBOS.launch()
    results: list[Any] = []
    with testing.fail_write(number, when) as crash:
        run = threading.Thread(target=_run, args=(scenario, results), daemon=True)
        run.start()
        while run.is_alive() and not crash.crashed.is_set():
            run.join(0.005)
        if not crash.crashed.is_set():
            run.join()
        DBOS.abandon()
        run.join()
    if not crash.crashed.is_set():
        assert results == [scenario.expected], where
        return False
    done_before = Counter(effects.counts)
    # Before the launch: recovery begins at once, and what it records is no repetition.
    recorded = recorded_effects(config)
    DBOS(config=config)
    DBOS.launch()
    assert run_to_the_end(scenario) == scenario.expected, where
    for name, count in effects.counts.items():
        if name in recorded:
            assert count == done_before[name], f"{where}: {name} was recorded and ran again"
        assert count <= 2, f"{where}: {name} ran {count} times"
    assert impossible_rows() == [], where
    DBOS.destroy()
    return True


def _run(scenario: Scenario, results: list[Any]) -> None:
    """The life that is cut short: its process "dies" somewhere in here."""
    try:
        results.append(run_to_the_end(scenario))
    except (testing.SimulatedCrash, DBOSShutdownError, DBOSException):
        return


def recorded_effects(config: DBOSConfig) -> set[str]:
    """Outputs of all recorded steps: each step of a scenario answers the name of its effect."""
    with DBOSClient(system_database_url=config["system_database_url"]) as client:
        return {
            step["output"]
            for workflow in client.list_workflows()
            for step in client.list_workflow_steps(workflow.workflow_id)
            if isinstance(step["output"], str)
        }


def impossible_rows() -> list[str]:
    """Workflows that ended without an end, or whose steps are numbered twice."""
    found: list[str] = []
    for workflow in DBOS.list_workflows():
        steps = DBOS.list_workflow_steps(workflow.workflow_id)
        numbers = [step["function_id"] for step in steps]
        if numbers != sorted(set(numbers)):
            found.append(f"{workflow.workflow_id}: steps {numbers}")
        if workflow.status == "SUCCESS" and workflow.completed_at is None:
            found.append(f"{workflow.workflow_id}: ended without a time")
    return found


def crash_everywhere(
    config: DBOSConfig, scenario: Scenario, effects: Effects, when: Literal["before", "after"]
) -> int:
    """Crash at commit 1, 2, 3, … until a run completes untouched; answers how many there were."""
    for number in range(1, MOST_COMMITS):
        if not crash_once(config, scenario, effects, number, when):
            return number - 1
    raise AssertionError(f"{scenario.name} does not end within {MOST_COMMITS} commits")
