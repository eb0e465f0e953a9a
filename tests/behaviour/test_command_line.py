"""The `dbos` command beside a running program: it shows and steers what the program does."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID, cli
from dbos.error import DBOSAwaitedWorkflowCancelledError

pytestmark = pytest.mark.usefixtures("launched")

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> Command:
    """Run `dbos …` in this process against the test's database: exit code and output."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", database_url)
        monkeypatch.setattr(sys, "argv", ["dbos", *arguments])
        capsys.readouterr()
        code: Any = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        captured = capsys.readouterr()
        return int(code or 0), captured.out + captured.err

    return run


def population() -> list[str]:
    """A workflow that succeeded, with two steps, and one that failed; returns what ran."""
    ran: list[str] = []

    @DBOS.step(name="double")
    def double(value: int) -> int:
        ran.append(f"double {value}")
        return value * 2

    @DBOS.workflow(name="good")
    def good(value: int) -> int:
        return double(double(value))

    @DBOS.workflow(name="bad")
    def bad() -> None:
        raise ValueError("broken on purpose")

    with SetWorkflowID("good-1"):
        good(1)
    with SetWorkflowID("bad-1"), pytest.raises(ValueError, match="broken"):
        bad()
    return ran


def test_what_does_not_exist_is_one_line_and_exit_code_not_zero(command: Command) -> None:
    for verb in ("get", "resume", "restart"):
        code, output = command("workflow", verb, "nobody")
        assert code != 0, verb
        assert "nobody" in output
        assert "Traceback" not in output


def test_workflows_are_listed_for_people_and_for_scripts(command: Command) -> None:
    population()
    code, table = command("workflow", "list")
    assert code == 0
    assert "good-1" in table
    assert "bad-1" in table
    code, text = command("workflow", "list", "--json")
    assert code == 0
    assert [(row["workflow_id"], row["status"]) for row in json.loads(text)] == [
        ("bad-1", "ERROR"),
        ("good-1", "SUCCESS"),
    ]
    _, text = command("workflow", "list", "--json", "--status", "ERROR")
    assert [row["workflow_id"] for row in json.loads(text)] == ["bad-1"]
    _, text = command("workflow", "list", "--json", "--limit", "1", "--sort-asc")
    assert [row["workflow_id"] for row in json.loads(text)] == ["good-1"]


def test_one_workflow_and_its_steps_are_shown(command: Command) -> None:
    population()
    code, text = command("workflow", "get", "good-1", "--json")
    assert code == 0
    assert json.loads(text)["name"] == "good"
    code, text = command("workflow", "steps", "good-1", "--json")
    assert code == 0
    assert [step["function_name"] for step in json.loads(text)] == ["double", "double"]


def test_a_running_workflow_is_cancelled_and_resumed(command: Command) -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow() -> str:
        DBOS.set_event("running", True)
        gate.wait(30)
        DBOS.sleep(0.01)
        return "finished"

    with SetWorkflowID("w"):
        handle = DBOS.start_workflow(workflow)
    assert DBOS.get_event("w", "running")
    assert command("workflow", "cancel", "w")[0] == 0
    gate.set()
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()
    assert command("workflow", "resume", "w")[0] == 0
    assert DBOS.retrieve_workflow("w").get_result() == "finished"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("restart", "good-1"), ["double 1", "double 2"]),
        (("fork", "good-1", "--step", "2"), ["double 2"]),
    ],
)
def test_a_workflow_runs_again_under_a_new_id(
    arguments: tuple[str, ...], expected: list[str], command: Command
) -> None:
    ran = population()
    ran.clear()
    code, output = command("workflow", *arguments)
    assert code == 0, output
    (forked,) = DBOS.list_workflows(forked_from="good-1")
    assert forked.workflow_id in output
    assert DBOS.get_result(forked.workflow_id) == 4
    assert ran == expected


def test_what_json_lacks_is_text_in_every_listing(command: Command) -> None:
    """Keys that are no text broke the listing, not-a-number made it JSON that nobody reads."""

    @DBOS.step(name="odd_step")
    def odd_step() -> dict[Any, Any]:
        return {(1, 2): float("nan"), None: {3}}

    @DBOS.workflow(name="odd")
    def odd(value: float) -> dict[Any, Any]:
        odd_step()
        return {(1, 2): value}

    with SetWorkflowID("odd-1"):
        odd(float("inf"))

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for arguments in (("list",), ("get", "odd-1"), ("steps", "odd-1")):
        code, text = command("workflow", *arguments, "--json")
        assert code == 0, text
        found = json.loads(text, parse_constant=refuse)
        row = found[0] if isinstance(found, list) else found
        assert "(1, 2)" in row["output"]
