"""Adversarial use of `dbos`: planted code, hostile names, missing databases, passwords.

What the verbs do beside a running program is in `behaviour/test_command_line.py`; here nothing
they read is trusted.
"""

from __future__ import annotations

import base64
import io
import json
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, DBOSClient, Queue, SetWorkflowID, cli
from support.behaviour import SystemTables

Command = Callable[..., tuple[int, str, str]]

READING = (
    ("workflow", "list"),
    ("workflow", "list", "--json"),
    ("workflow", "get", "victim"),
    ("workflow", "get", "victim", "--json"),
    ("workflow", "steps", "victim"),
    ("workflow", "steps", "victim", "--json"),
    ("workflow", "queue", "list"),
    ("workflow", "queue", "list", "--json"),
    ("queue", "list"),
    ("queue", "list", "--json"),
    ("schedule", "list"),
    ("schedule", "list", "--json"),
    ("version", "list"),
    ("version", "list", "--json"),
)
STEERING = (
    ("workflow", "fork", "victim", "--step", "2"),
    ("workflow", "restart", "victim"),
    ("workflow", "cancel", "victim"),
    ("workflow", "resume", "victim"),
)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `dbos …` in this process: exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def known(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The command knows the database from the environment."""
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", database_url)
    return database_url


class Planted:
    """A value whose unpickling runs a shell command."""

    def __init__(self, marker: Path) -> None:
        self.command = f"touch '{marker}'"

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def plant(tables: SystemTables, marker: Path) -> None:
    """Write a payload that runs code wherever a payload is stored."""
    payload = base64.b64encode(pickle.dumps(Planted(marker))).decode()
    status = tables.table("workflow_status")
    tables.execute(
        f"UPDATE {status} SET inputs = :payload, output = :payload, error = :payload,"
        " serialization = 'py_pickle', output_serialization = 'py_pickle',"
        " status = 'PENDING', queue_name = 'planted'",
        payload=payload,
    )
    for name, assignments in (
        ("operation_outputs", "output = :payload, error = :payload"),
        ("workflow_events", "value = :payload"),
        ("workflow_events_history", "value = :payload"),
        ("notifications", "message = :payload"),
        ("streams", "value = :payload"),
    ):
        changed = tables.execute(
            f"UPDATE {tables.table(name)} SET {assignments}, serialization = 'py_pickle'",
            payload=payload,
        )
        assert changed, f"nothing to plant in {name}"
    tables.execute(
        f"UPDATE {tables.table('workflow_schedules')} SET context = :payload", payload=payload
    )


@pytest.fixture
def victim(launched: None, database_url: str, tmp_path: Path) -> Path:
    """A database full of planted payloads, of an application that is gone; the marker file."""

    @DBOS.step()
    def step() -> int:
        return 1

    @DBOS.workflow(name="victim")
    def workflow() -> int:
        DBOS.set_event("event", 1)
        DBOS.write_stream("stream", 1)
        return step()

    @DBOS.workflow(name="timed")
    def timed(at: Any, context: Any) -> None:
        return None

    with SetWorkflowID("victim"):
        workflow()
    DBOS.send("victim", "hello")
    DBOS.create_schedule(schedule_name="yearly", workflow_fn=timed, schedule="0 0 1 1 *")
    DBOS.destroy(destroy_registry=True)
    marker = tmp_path / "executed"
    plant(SystemTables(database_url), marker)
    return marker


def test_a_planted_payload_would_run(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    pickle.loads(pickle.dumps(Planted(marker)))
    assert marker.exists()


def test_no_verb_executes_what_is_stored(victim: Path, command: Command, known: str) -> None:
    for arguments in (*READING, *STEERING):
        code, out, err = command(*arguments)
        assert code == 0, (arguments, err)
        assert not victim.exists(), f"{arguments} executed a stored payload"
        if "--json" in arguments:
            json.loads(out)


def test_no_listing_of_the_client_executes_what_is_stored(victim: Path, known: str) -> None:
    with DBOSClient(system_database_url=known) as client:
        assert [one.workflow_id for one in client.list_workflows()] == ["victim"]
        client.list_queued_workflows()
        client.get_workflow_status("victim")
        client.list_workflow_steps("victim")
        client.list_schedules()
        client.get_schedule("yearly")
        client.list_queues()
        client.retrieve_workflow("victim").get_status()
    assert not victim.exists()


def test_one_damaged_row_does_not_hide_the_others(
    launched: None, database_url: str, command: Command, known: str
) -> None:
    @DBOS.workflow(name="good")
    def workflow() -> int:
        return 1

    for name in ("whole", "damaged"):
        with SetWorkflowID(name):
            workflow()
    tables = SystemTables(database_url)
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET output = '{{broken', status = 'FOO'"
        " WHERE workflow_uuid = 'damaged'"
    )
    code, out, _ = command("workflow", "list", "--json")
    assert code == 0
    rows = {row["workflow_id"]: row for row in json.loads(out)}
    assert rows["whole"]["output"] == 1
    assert rows["damaged"]["status"] == "FOO"
    assert command("workflow", "get", "damaged")[0] == 0


def test_names_cannot_steer_the_terminal(launched: None, command: Command, known: str) -> None:
    hostile = "a\x1b]0;owned\x07\r\u202eb\x9b31m"

    @DBOS.workflow(name=hostile)
    def workflow(text: str) -> str:
        return text

    with SetWorkflowID(hostile):
        workflow(hostile)
    Queue("q")
    for arguments in (
        ("workflow", "list"),
        ("workflow", "list", "--json"),
        ("workflow", "get", hostile),
        ("workflow", "steps", hostile),
        ("workflow", "cancel", hostile),
        ("workflow", "resume", hostile),
        ("workflow", "get", hostile + "x"),
        ("workflow", "restart", hostile),
    ):
        _, out, err = command(*arguments)
        for letter in "\x1b\x07\r\u202e\x9b":
            assert letter not in out + err, (arguments, letter)


def test_what_does_not_exist_exits_with_one(launched: None, command: Command, known: str) -> None:
    for verb in ("get", "steps", "cancel", "resume", "restart", "fork"):
        code, out, err = command("workflow", verb, "nobody")
        assert (code, out) == (1, ""), verb
        assert "nobody" in err
        assert err.count("\n") == 1


@pytest.mark.parametrize("verb", ["list", "get", "steps", "cancel", "resume", "restart", "fork"])
def test_a_missing_file_is_not_created(verb: str, tmp_path: Path, command: Command) -> None:
    missing = tmp_path / "missing.sqlite"
    arguments = [] if verb == "list" else ["some-id"]
    code, _, err = command("workflow", verb, *arguments, "-s", f"sqlite:///{missing}")
    assert code == 2
    assert str(missing) in err
    assert not missing.exists()


def test_a_database_without_tables_asks_for_migrate(database_url: str, command: Command) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    code, _, err = command("workflow", "list", "-s", database_url)
    assert code == 2
    assert "dbos migrate" in err
    assert command("migrate", "-s", database_url)[0] == 0
    code, out, _ = command("workflow", "list", "--json", "-s", database_url)
    assert (code, json.loads(out)) == (0, [])


def test_without_any_database_the_error_says_what_to_give(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = command("workflow", "list")
    assert code == 2
    assert "DBOS_SYSTEM_DATABASE_URL" in err


@pytest.mark.parametrize(
    "arguments", [("workflow", "list"), ("migrate",), ("reset", "-y"), ("version", "list")]
)
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:CANARY@127.0.0.1:1/nowhere?connect_timeout=1",
        "postgresql://someone:CANARY@127.0.0.1:1/no where",
        "postgresql://someone:CANARY@127.0.0.1:port/nowhere",
        "mysql://someone:CANARY@127.0.0.1/nowhere",
        "someone:CANARY@nowhere",
    ],
)
def test_a_password_is_never_printed(
    url: str, arguments: tuple[str, ...], command: Command, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    code, out, err = command(*arguments, "-s", url)
    assert code == 2
    assert err
    assert "CANARY" not in out + err + caplog.text


@pytest.mark.parametrize("place", ["folder/that/is/not/there/x.sqlite", "."])
def test_a_file_that_cannot_be_opened_is_one_line(
    place: str, tmp_path: Path, command: Command
) -> None:
    for arguments in (("workflow", "list"), ("migrate",)):
        code, _, err = command(*arguments, "-s", f"sqlite:///{tmp_path / place}")
        assert code == 2
        assert "Traceback" not in err


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path, command: Command) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    for arguments in (("workflow", "list"), ("migrate",)):
        code, _, err = command(*arguments, "-s", f"sqlite:///{file}")
        assert code == 2
        assert "not a database" in err


def test_reset_asks_and_a_no_keeps_everything(
    launched: None, command: Command, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @DBOS.workflow()
    def workflow() -> int:
        return 1

    workflow()
    DBOS.destroy()
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    tables = SystemTables(known)
    assert command("reset")[0] == 2
    assert tables.count("workflow_status") == 1
    code, out, _ = command("reset", "--yes")
    assert code == 0
    assert "empty" in out
    assert tables.count("workflow_status") == 0
