"""The worker processes of an endurance run: started, asked, stopped, killed, and written down.

In: settings of the workers and the ledger. Out: `Worker` and `Crew`. It never signals anything but
the processes that it started, and every signal is noted before it is sent.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from endurance.ledger import Ledger

STOP_SECONDS = 30.0
# What a launch may be refused with while the database is in trouble: documented, no violation.
REFUSALS = ("is read-only, as a replica is",)
ASK_STEP_SECONDS = 0.2


class Gone(Exception):
    """The worker died before it answered."""


class Worker:
    """One process that runs `worker.py`."""

    def __init__(self, settings: Mapping[str, Any], ledger: Ledger, errors: Path) -> None:
        self._ledger = ledger
        self._errors = errors
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DBOS")}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        with errors.open("ab") as error_file:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "endurance.worker"),
                    *(json.dumps(settings), str(ledger.path)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=error_file,
                text=True,
                env=environment,
            )
        self.pid = self._process.pid
        self.version = str(settings["application_version"])
        self.is_frozen = False
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.Queue[tuple[str, Any]]] = {0: queue.Queue()}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            number, kind, value = json.loads(line)
            self._answers[number].put((kind, value))

    @property
    def is_alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def died_of(self) -> str | None:
        """The last words of a process that ended by itself; None when they excuse it."""
        words = self._errors.read_text(encoding="utf-8").strip().rpartition("\n")[2]
        return None if any(refusal in words for refusal in REFUSALS) else words

    def ask(self, verb: str, *arguments: Any) -> Any:
        """Give a command and wait for its answer. Raises `Gone` when there will be none."""
        number = next(self._numbers)
        self._answers[number] = queue.Queue()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps([number, verb, *arguments]) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise Gone(verb) from None
        return self.wait(number, verb)

    def wait(self, number: int = 0, verb: str = "launch") -> Any:
        """The answer to a command. Raises `Gone`, or what it says when it is an error."""
        while True:
            with contextlib.suppress(queue.Empty):
                kind, value = self._answers[number].get(timeout=ASK_STEP_SECONDS)
                self._answers[number].put((kind, value))
                if kind != "value":
                    raise RuntimeError(f"{verb}: {value}")
                return value
            if not self.is_alive and self._answers[number].empty():
                raise Gone(verb)

    def kill(self) -> None:
        """SIGKILL, and see it gone."""
        self._ledger.note("killed", pid=self.pid)
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(STOP_SECONDS)
        self._close()

    def freeze(self) -> None:
        """SIGSTOP."""
        self._ledger.note("frozen", pid=self.pid)
        self._process.send_signal(signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self) -> None:
        """SIGCONT."""
        self._ledger.note("thawed", pid=self.pid)
        self.is_frozen = False
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Let it end by itself. Raises `RuntimeError` when it takes too long."""
        self._ledger.note("stopping", pid=self.pid)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGUSR1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            raise RuntimeError(
                f"process {self.pid} did not end in {STOP_SECONDS:.0f} s; what it was at stands in"
                f" {self._errors}"
            ) from None
        self._ledger.note("stopped", pid=self.pid)
        self._close()

    def _close(self) -> None:
        self._reader.join(5)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class Crew:
    """All workers; safe from the thread that drives and the one that makes trouble."""

    def __init__(self, settings: Mapping[str, Any], ledger: Ledger, folder: Path) -> None:
        self._settings = settings
        self._ledger = ledger
        self._folder = folder
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._workers: list[Worker] = []

    def add(self, **settings: Any) -> Worker:
        """Start one more and do not wait until it is launched."""
        errors = self._folder / f"worker-{next(self._numbers)}.log"
        worker = Worker({**self._settings, **settings}, self._ledger, errors)
        with self._lock:
            self._workers.append(worker)
        return worker

    def members(self) -> list[Worker]:
        """Those that were started and not taken away."""
        with self._lock:
            return list(self._workers)

    def remove(self, worker: Worker) -> bool:
        """Take one away; False when somebody else did."""
        with self._lock:
            if worker not in self._workers:
                return False
            self._workers.remove(worker)
            return True

    def bury(self) -> list[str]:
        """Take away who died by itself; answers the last words of those without an excuse."""
        dead = [one for one in self.members() if not one.is_alive and self.remove(one)]
        words = [(one.pid, one.died_of()) for one in dead]
        return [f"process {pid} died: {said}" for pid, said in words if said is not None]

    def thaw_all(self) -> None:
        """Nobody is stopped any more."""
        for worker in self.members():
            if worker.is_frozen:
                worker.thaw()

    def kill_all(self) -> None:
        """End everybody at once."""
        for worker in self.members():
            if self.remove(worker):
                worker.kill()
