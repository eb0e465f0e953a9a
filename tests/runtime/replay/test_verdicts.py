"""New code against old records: each workflow of the new program says what is expected of it."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, SetWorkflowID, SetWorkflowTimeout
from dbos.error import DBOSAwaitedWorkflowCancelledError
from dbos.replay import child, history, stored
from dbos.replay.verdict import Verdict
from dbos.system.existing import open_existing
from support import replays
from support.behaviour import SystemTables, eventually

TABLES = ("workflow_status", "operation_outputs", "notifications", "workflow_events", "streams")


def expectations() -> dict[str, str]:
    """By name of the workflow: the first line of its docstring in the new program."""
    text = (replays.PROGRAMS / "new" / "replayed.py").read_text(encoding="utf-8")
    found = {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    expected = {name: line for name, line in found.items() if line}
    expected["removed"] = "unknown-function: no workflow 'removed' is in the program"
    return expected


ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("lanes", "changed_lane", "groups"), (3,)),
    "less_parameters": ("x", 1),
    "moved_class": (7,),
    "with_pickle": (),
    "manages": ("unchanged",),
}
ELSEWHERE = ("sell", "close", "in_flight", "asleep", "failed")


def record(program: ModuleType) -> None:
    """Run every workflow of the old program; some are left in flight."""
    for name in expectations():
        if name in ELSEWHERE:
            continue
        with SetWorkflowID(f"id-{name}"):
            answer = getattr(program, name)(*ARGUMENTS.get(name, ("x",)))
            if asyncio.iscoroutine(answer):
                asyncio.run(answer)
    with SetWorkflowID("id-sell"):
        program.paris.sell("x")
    with SetWorkflowID("id-close"):
        program.Shop.close("x")
    with SetWorkflowID("id-failed"), pytest.raises(ValueError, match="x"):
        program.failed("x")
    with SetWorkflowID("id-asleep"), SetWorkflowTimeout(0.05):
        handle = DBOS.start_workflow(program.asleep, "x")
        with pytest.raises(DBOSAwaitedWorkflowCancelledError):
            handle.get_result()
    with SetWorkflowID("id-in_flight"):
        DBOS.start_workflow(program.in_flight, "x")
    # the step, and until when to wait for the message
    eventually(lambda: len(DBOS.list_workflow_steps("id-in_flight")) == 2, "it waits")


@pytest.fixture
def recorded(config: DBOSConfig) -> Iterator[DBOSConfig]:
    """A database with the histories of the old program, which has ended."""
    with replays.loaded(replays.PROGRAMS / "old" / "replayed.py") as program:
        DBOS(config=config)
        DBOS.launch()
        record(program)
        DBOS.destroy()
        yield config


def spelled(verdicts: list[Verdict]) -> dict[str, str]:
    """The verdicts about the workflows that were called by name."""
    return {
        verdict.workflow_id.removeprefix("id-"): f"{verdict.kind}: {verdict.reason}"
        for verdict in verdicts
        if verdict.workflow_id.count("-") == 1
    }


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of the database."""
    tables = SystemTables(url)
    return {
        name: sorted(map(repr, tables.query(f"SELECT * FROM {tables.table(name)}")))
        for name in (*TABLES, "executors", "application_versions")
    }


def test_new_code_is_judged_by_its_difference(recorded: DBOSConfig) -> None:
    url = str(recorded["system_database_url"])
    before = contents(url)
    verdicts = child.replay({"program": replays.program("new", "replayed"), "url": url})
    assert contents(url) == before, "a replay wrote to the database"
    said = spelled(verdicts)
    wrong = {
        name: said.get(name, "not replayed")
        for name, expected in expectations().items()
        if not _agrees(said.get(name, ""), expected)
    }
    assert wrong == {}
    places = {verdict.workflow_id: verdict.place for verdict in verdicts}
    assert (places["id-swapped"] or "").endswith(" in swapped")
    assert (places["id-changed_lane"] or "").endswith(" in changed_lane.<locals>.lane")


def _agrees(said: str, expected: str) -> bool:
    kind, _, reason = expected.partition(": ")
    return said.startswith(f"{kind}: ") and reason in said


def test_the_same_code_fits_after_every_operation(recorded: DBOSConfig) -> None:
    """No false alarm: each prefix of each history, in the code that recorded it."""
    url = str(recorded["system_database_url"])
    system = open_existing(url)
    try:
        known = stored.select(system)
        histories = list(stored.named(system, [one.workflow_id for one in known]))
    finally:
        system.close()
    text = history.dump(histories)
    assert history.load(text, "text") == histories
    verdicts = child.replay(
        {
            "program": replays.program("old", "replayed"),
            "text": text,
            "prefixes": True,
            "allow_pickle": True,
        }
    )
    assert len(verdicts) == sum(len(one.operations) + 1 for one in histories)
    wrong = [str(verdict) for verdict in verdicts if not verdict.fits]
    assert [line for line in wrong if "asks_versions" not in line] == []
