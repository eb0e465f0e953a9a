"""What a replayed workflow may not do, what it may, and the clock that it sees."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import pytest

from dbos.kernel.record import StepRecord
from dbos.replay import child, history
from dbos.replay.child import DBOSReplayError
from dbos.replay.history import History
from dbos.replay.verdict import Verdict
from dbos.values import serialize
from support import replays

STARTED_AT = 1_600_000_000_123
PROGRAM = replays.program("", "walled")
FILE = replays.PROGRAMS / "walled.py"


def expectations() -> dict[str, str]:
    """By name of the workflow: the first line of its docstring."""
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    functions = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {node.name: text for node in functions if (text := ast.get_docstring(node))}


def begun(name: str, *operations: StepRecord) -> History:
    """A workflow that has begun and recorded these operations."""
    return History(
        workflow_id=f"id-{name}",
        name=name,
        status="PENDING",
        inputs='{"args":[],"kwargs":{}}',
        serialization="json",
        started_at=STARTED_AT,
        operations=operations,
    )


def noted(value: object) -> StepRecord:
    """The record of ``note(value)``."""
    digest = serialize.digest((value,), {})
    return StepRecord(
        function_id=1, function_name="note", position="1", output="null", input_digest=digest
    )


def clock_values() -> list[Any]:
    """What ``reads_clocks`` notes when its clock stands at the recorded start."""
    seconds = STARTED_AT * 1_000_000 / 1_000_000_000
    return [seconds, seconds, STARTED_AT * 1_000_000, "2020-09-13T12:26:40.123000+00:00", True]


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """All workflows of the program, replayed in one process."""
    failed, _ = serialize.encode_error(ValueError("on record"))
    recorded = {
        "awaits_forever": noted("never"),
        "reads_clocks": noted(clock_values()),
        "passes_on_an_error": replace(noted("fails"), output=None, error=failed.text),
        "raises_its_own_error": noted("found"),
        "runs_a_loop": noted("before"),
        "spins_until_a_step_is_done": noted("before"),
        "keeps_a_heartbeat": noted("before"),
    }
    histories = [
        begun(name, *([recorded[name]] if name in recorded else [])) for name in expectations()
    ]
    task = {"program": PROGRAM, "text": history.dump(histories), "patience_seconds": 0.2}
    return {verdict.name: verdict for verdict in child.replay(task)}


@pytest.mark.parametrize("name", expectations())
def test_what_a_workflow_tries_is_answered(name: str, verdicts: dict[str, Verdict]) -> None:
    kind, _, reason = expectations()[name].partition(": ")
    verdict = verdicts[name]
    assert verdict.kind == kind, verdict
    for part in reason.split("( "):
        assert part in verdict.reason, verdict
    if kind == "io":
        place = "in_thread" if name == "steps_in_threads" else name
        assert (verdict.place or "").endswith(f" in {place}"), verdict


DAMAGES: tuple[dict[str, Any], ...] = (
    {"inputs": None},
    {"inputs": "[1, 2"},
    {"inputs": "[1, 2]"},
    {"inputs": '{"args": 3, "kwargs": {}}'},
    {"inputs": "{}", "serialization": "redacted"},
    {"inputs": '{"$": "pydantic", "c": "os:system", "v": 1}'},
    {"inputs": "AAAA", "serialization": "py_pickle"},
    {"inputs": "AAAA", "serialization": "unheard-of"},
    {"authenticated_roles": "not JSON"},
)


def test_damaged_parts_spoil_only_their_own_workflow() -> None:
    whole = begun("passes_on_an_error")
    damaged = [
        replace(whole, workflow_id=str(number), **damage) for number, damage in enumerate(DAMAGES)
    ]
    text = history.dump([*damaged, whole])
    *found, last = child.replay({"program": PROGRAM, "text": text})
    assert last.kind == "fits"
    for damage, verdict in zip(DAMAGES, found, strict=True):
        assert verdict.kind == "undecodable", damage
        assert "what it was started with" in verdict.reason, damage


def test_nothing_was_written() -> None:
    assert not FILE.with_name("never-written.txt").exists()


def test_who_reads_the_clock_is_told(verdicts: dict[str, Verdict]) -> None:
    notes = verdicts["reads_clocks"].notes
    assert any("datetime.now" in note and "in reads_clocks" in note for note in notes), notes
    assert any("time.time at" in note for note in notes), notes
    assert verdicts["behaves"].notes == ()


def test_code_that_catches_every_interruption_ends_with_its_process(tmp_path: Any) -> None:
    (tmp_path / "stubborn.py").write_text(
        "from dbos import DBOS\n"
        "@DBOS.workflow()\n"
        "def stubborn() -> None:\n"
        "    while True:\n"
        "        try:\n"
        "            while True:\n"
        "                pass\n"
        "        except BaseException:\n"
        "            pass\n",
        encoding="utf-8",
    )
    task = {
        "program": {"roots": [str(tmp_path)], "modules": ["stubborn"]},
        "text": history.dump([begun("stubborn")]),
        "patience_seconds": 0.05,
    }
    with pytest.raises(DBOSReplayError, match="id-stubborn does not end"):
        child.replay(task)
