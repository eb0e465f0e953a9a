"""Several real processes on one database, steered line by line.

In: a database URL and a folder. Out: a `Team` whose members launch DBOS, obey commands, stand
before a gate, are stopped and killed; and the ledger of what their steps did. It never signals
anything but the processes that it started.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.behaviour import eventually
from support.crash_process import PROGRAMS

ANSWER_SECONDS = 60.0
RARE_HEARTBEATS = {"lease_seconds": 1200.0, "heartbeat_seconds": 400.0}
"""With this nothing but a notice wakes a member within the life of a test: no heartbeat comes, and
the runtime's own safety net is ten minutes wide. What ends all the same was told at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one step noted: who, when (nanoseconds of a clock all processes share), what."""

    pid: int
    at_ns: int
    what: str


class Member:
    """One process that runs tests/runtime/programs/member.py."""

    def __init__(self, config: dict[str, Any], ledger: Path, gate: Path, errors: Path) -> None:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("DBOS")
        }
        with errors.open("ab") as error_file:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, str(PROGRAMS / "member.py")),
                    *(json.dumps(config), str(ledger), str(gate)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=error_file,
                text=True,
                bufsize=1,
                env=environment,
            )
        self.pid = self._process.pid
        self._errors = errors
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.Queue[tuple[str, Any]]] = {0: queue.Queue()}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            number, kind, value = json.loads(line)
            self._answers[number].put((kind, value))

    def launched(self) -> Member:
        """Wait until DBOS is launched there."""
        self.wait(0)
        return self

    def begin(self, verb: str, *arguments: Any) -> int:
        """Give a command; `wait` for its answer by the number."""
        number = next(self._numbers)
        self._answers[number] = queue.Queue()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([number, verb, *arguments]) + "\n")
        self._process.stdin.flush()
        return number

    def wait(self, number: int, within_seconds: float = ANSWER_SECONDS) -> Any:
        """The answer to a command; an error there is an assertion here."""
        try:
            kind, value = self._answers[number].get(timeout=within_seconds)
        except queue.Empty:
            raise AssertionError(f"no answer; the process wrote: {self.errors()}") from None
        assert kind == "value", value
        return value

    def ask(self, verb: str, *arguments: Any) -> Any:
        """Give a command and wait for its answer."""
        return self.wait(self.begin(verb, *arguments))

    def kill(self) -> None:
        """SIGKILL, and see it gone."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)

    def freeze(self) -> None:
        """SIGSTOP."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._process.send_signal(signal.SIGCONT)

    def errors(self) -> str:
        """What it wrote to its error stream."""
        return self._errors.read_text(encoding="utf-8")

    def close(self) -> None:
        """End it, kindly when it still answers."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            with contextlib.suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reader.join(5)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class Team:
    """The members, their gate and their ledger."""

    def __init__(self, url: str, folder: Path, settings: Mapping[str, Any]) -> None:
        self._url = url
        self._settings = settings
        self._folder = folder
        self._ledger = folder / "ledger"
        self._gate = folder / "gate"
        self._ledger.touch()
        self._gate_file = self._gate.open("w")
        self._members: list[Member] = []
        fcntl.flock(self._gate_file, fcntl.LOCK_EX)

    def begin_member(self, **config: Any) -> Member:
        """Start a process and do not wait until it is launched."""
        given = {
            "name": "members",
            "system_database_url": self._url,
            "application_version": "1",
            "log_level": "WARNING",
            **self._settings,
            **config,
        }
        errors = self._folder / f"errors-{len(self._members)}"
        member = Member(given, self._ledger, self._gate, errors)
        self._members.append(member)
        return member

    def member(self, **config: Any) -> Member:
        """Start a process and wait until it is launched."""
        return self.begin_member(**config).launched()

    def open_gate(self) -> None:
        """Let everyone who stands before the gate go on, now and later."""
        fcntl.flock(self._gate_file, fcntl.LOCK_UN)

    def lines(self) -> list[Line]:
        """The ledger."""
        found: list[Line] = []
        for line in self._ledger.read_text(encoding="utf-8").splitlines():
            pid, at_ns, what = line.split(" ", 2)
            found.append(Line(int(pid), int(at_ns), what))
        return found

    def noted(self, name: str = "") -> list[str]:
        """What was noted, in order; only of the one `name` when given."""
        return [line.what for line in self.lines() if line.what.endswith(name)]

    def by(self, what: str) -> list[int]:
        """The ids of the processes that noted exactly this."""
        return [line.pid for line in self.lines() if line.what == what]

    def until(self, what: str, times: int = 1, within_seconds: float = 60.0) -> None:
        """Wait until the ledger has a line as often."""
        eventually(
            lambda: len(self.by(what)) >= times,
            f"{what!r} {times} times in the ledger",
            within_seconds,
        )

    def close(self) -> None:
        """Open the gate and end everyone."""
        self.open_gate()
        self._gate_file.close()
        for member in self._members:
            member.close()


@contextlib.contextmanager
def team(url: str, folder: Path, **settings: Any) -> Iterator[Team]:
    """Processes on one database with these settings, ended with the block."""
    made = Team(url, folder, settings)
    try:
        yield made
    finally:
        made.close()
