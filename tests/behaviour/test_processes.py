"""Several processes on one database: one is killed, another goes on from where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOSClient

PROGRAM = """
import os, sys, threading
from dbos import DBOS, SetWorkflowID

url, effects, mode = sys.argv[1:]

def log(line):
    with open(effects, "a", encoding="utf-8") as file:
        file.write(line + "\\n")
        file.flush()
        os.fsync(file.fileno())

DBOS(config={
    "name": "processes", "system_database_url": url, "application_version": "1",
    "log_level": "ERROR",
})

@DBOS.step()
def first(value):
    log("first")
    return value + " first"

@DBOS.step()
def second(value):
    log("second")
    if mode == "hang":
        print("hanging", flush=True)
        threading.Event().wait()
    if mode == "hold":
        print("holding", flush=True)
        sys.stdin.readline()
    return value + " second"

@DBOS.workflow()
def workflow(value):
    return second(first(value))

@DBOS.workflow()
def receiver():
    print("receiving", flush=True)
    message = DBOS.recv("topic", timeout_seconds=30)
    DBOS.set_event("received", message)
    return message

DBOS.launch()
if mode == "hang":
    with SetWorkflowID("killed"):
        workflow("x")
elif mode == "receive":
    with SetWorkflowID("receiver"):
        print(receiver(), flush=True)
elif mode == "visit":
    print(DBOS.get_workflow_status("killed").status, flush=True)
elif mode in ("call", "hold"):
    with SetWorkflowID("killed"):
        print(workflow("x"), flush=True)
else:
    print(DBOS.retrieve_workflow("killed").get_result(), flush=True)
DBOS.destroy()
"""


@pytest.fixture
def program(tmp_path: Path, database_url: str) -> list[str]:
    """The command of the program, without its mode."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return [sys.executable, str(path), database_url, str(tmp_path / "effects.log")]


# How fast a process must notice what another one did, on a busy machine.
NOTICED_SECONDS = 20.0

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("DBOS")},
    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
}


def kill_in_second_step(program: list[str]) -> None:
    """Run the program until it is in its second step, and kill it there."""
    with subprocess.Popen(
        [*program, "hang"], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hanging\n"
        process.send_signal(signal.SIGKILL)
        process.wait(30)


def last_line(program: list[str], mode: str) -> str:
    """Run the program to its end; the last line it prints."""
    done = subprocess.run(
        [*program, mode], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("mode", ["wait", "call"])
def test_after_a_kill_the_next_process_goes_on(
    mode: str, program: list[str], tmp_path: Path
) -> None:
    kill_in_second_step(program)
    assert last_line(program, mode) == "x first second"
    effects = (tmp_path / "effects.log").read_text(encoding="utf-8").split()
    assert effects == ["first", "second", "second"]


def test_what_has_ended_does_not_begin_again(program: list[str], tmp_path: Path) -> None:
    assert last_line(program, "call") == "x first second"
    assert last_line(program, "wait") == "x first second"
    assert last_line(program, "call") == "x first second"
    effects = (tmp_path / "effects.log").read_text(encoding="utf-8").split()
    assert effects == ["first", "second"]


def test_the_work_of_a_living_process_is_not_taken(program: list[str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [*program, "hold"],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        # A second process, under the same executor id, launches and recovers what is dead.
        assert last_line(program, "visit") == "PENDING"
        process.stdin.write("go on\n")
        process.stdin.flush()
        assert process.stdout.readline() == "x first second\n"
        assert process.wait(30) == 0
    effects = (tmp_path / "effects.log").read_text(encoding="utf-8").split()
    assert effects == ["first", "second"]


def test_messages_and_events_wake_another_process(program: list[str], database_url: str) -> None:
    with subprocess.Popen(
        [*program, "receive"], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "receiving\n"
        client = DBOSClient(system_database_url=database_url)
        try:
            started = time.monotonic()
            client.send("receiver", "hello", "topic")
            assert client.get_event("receiver", "received", timeout_seconds=30) == "hello"
            result: Any = client.retrieve_workflow("receiver").get_result()
            assert result == "hello"
            assert time.monotonic() - started < NOTICED_SECONDS
        finally:
            client.destroy()
        assert process.wait(30) == 0
