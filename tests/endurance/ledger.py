"""The ledger: what really happened, written where the system under test cannot reach.

In: moments, from any process. Out: `Line` values in the order of the file. Each line is written
with one call of the kernel, so it outlives a SIGKILL of its writer; it never goes through the
database, and nothing is ever changed in it. All processes share its clock (monotonic nanoseconds).
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """Who saw what, when: `place` is that of an operation in a plan, -1 for anything else."""

    at_ns: int
    pid: int
    kind: str
    workflow_id: str
    place: int
    value: Any


class Ledger:
    """One file, appended to by everybody."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)

    def note(
        self,
        kind: str,
        workflow_id: str = "",
        place: int = -1,
        value: Any = None,
        *,
        pid: int | None = None,
    ) -> int:
        """Append a line about this process, or another one; answers its time."""
        at_ns = time.monotonic_ns()
        line = [at_ns, os.getpid() if pid is None else pid, kind, workflow_id, place, value]
        os.write(self._file, (json.dumps(line) + "\n").encode())
        return at_ns

    def close(self) -> None:
        """Close the file; what is in it stays."""
        os.close(self._file)


def read(path: Path) -> list[Line]:
    """Everything that was noted, by time."""
    lines = [Line(*json.loads(text)) for text in path.read_text(encoding="utf-8").splitlines()]
    return sorted(lines, key=lambda line: line.at_ns)
