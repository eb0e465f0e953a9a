"""What a case works with: its database, the launch, and further processes of the same case.

In: the name of the case and the URL of a new database. Out: `Bench`. It uses nothing of the runtime
but `DBOS(config=…)`, `DBOS.launch()` and `DBOS.destroy()`, so it runs under any release.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Beside:
    """Another process of a case, which says what it has to say line by line."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def line(self) -> str:
        """The next line that it printed. Raises `RuntimeError` when it ended instead."""
        assert self._process.stdout is not None
        found = self._process.stdout.readline()
        if not found:
            raise RuntimeError("the process beside this one ended")
        return found.strip()

    def until(self, word: str) -> None:
        """Read lines until one says this; what a release prints of its own is passed over."""
        while self.line() != word:
            pass

    def say(self, line: str) -> None:
        """Give it a line to read."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")

    def end(self) -> None:
        """Close its input, which ends it, and wait."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class Bench:
    """One case in one process. `url` is that of the system database."""

    case: str
    url: str

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.url.startswith("sqlite")

    def construct(self, **config: Any) -> None:
        """Construct `DBOS` with the least configuration and a version that all processes share."""
        from dbos import DBOS

        given: dict[str, Any] = {
            "name": "benchmark",
            "system_database_url": self.url,
            "application_version": "1",
            "log_level": "ERROR",
        }
        DBOS(config={**given, **config})

    def launch(self, **config: Any) -> None:
        """Construct and launch."""
        from dbos import DBOS

        self.construct(**config)
        DBOS.launch()

    @contextlib.contextmanager
    def beside(self, part: str, *arguments: str) -> Iterator[Beside]:
        """Another process that runs a part of this case; ended with the block."""
        script = str(Path(__file__).with_name("run.py"))
        other = Beside([sys.executable, script, self.case, self.url, part, *arguments])
        try:
            yield other
        finally:
            other.end()


def serve() -> None:
    """In a process beside: say that it is ready, and stay until the input ends."""
    print("ready", flush=True)
    sys.stdin.read()
