"""Which processes are alive: our own identity, and the judgement of others.

In: rows of ``executors``. Out: the tokens of the processes that count as alive. Never trusts
another machine's clock.

A process on this host is judged by the host: it is dead when its pid is gone or belongs to a
process that started at another time. So a program that is restarted after SIGKILL recovers at once.
A process elsewhere is dead when its heartbeat has not moved for the length of a lease, measured on
our own monotonic clock while we looked: who could not look, because the database was away or this
process stood still, must not hold that against others, who may have stood before the same door.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbos.kernel import seam

if TYPE_CHECKING:
    from dbos.system.executors import Executor

# Of the time between two looks at most this part of a lease counts as a standstill.
COUNTED_SHARE = 1 / 3
# Tokens of the runtimes of this very process: several, when a test launches again.
_ours: set[str] = set()


@dataclass(frozen=True, slots=True)
class Identity:
    """Where and what this process is. ``start`` tells it from a later process with its pid."""

    host: str
    pid: int
    start: str


def identity() -> Identity:
    """The identity of the calling process."""
    pid = os.getpid()
    return Identity(_host(), pid, _process_start(pid) or "")


def _host() -> str:
    """This boot of this machine and this pid namespace: within it, pids mean something."""
    parts = [platform.node()]
    for path in ("/proc/sys/kernel/random/boot_id",):
        try:
            parts.append(Path(path).read_text(encoding="ascii").strip())
        except OSError:
            parts.append("-")
    try:
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        parts.append("-")
    return "/".join(parts)


def _process_start(pid: int) -> str | None:
    """When a process started, in ticks since boot; "" when unknown, None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
        return _probe(pid)
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    # A zombie has ended; only its parent has not yet taken notice.
    return None if fields[0] in ("Z", "X") else fields[19]


def _probe(pid: int) -> str | None:
    if sys.platform == "win32":
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return ""
    return ""


def join(process_token: str) -> None:
    """Count a runtime of this process as alive."""
    _ours.add(process_token)


def depart(process_token: str) -> None:
    """Count a runtime of this process as dead."""
    _ours.discard(process_token)


class Judge:
    """Remembers heartbeats, so that a standstill can be measured; asked from any thread."""

    def __init__(self, lease_seconds: float) -> None:
        self._lease = lease_seconds
        self._own = identity()
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        # The last heartbeat of each process, and for how many seconds it was seen to be the last.
        self._seen: dict[str, tuple[int, float]] = {}

    def alive(self, executors: Iterable[Executor]) -> set[str]:
        """The tokens of all processes that count as alive."""
        listed = list(executors)
        with self._lock:
            stood = self._time_that_counts()
            known, self._seen = self._seen, {}
            for one in listed:
                beats, seconds = known.get(one.process_token, (None, 0.0))
                still = seconds + stood if beats == one.beats else 0.0
                self._seen[one.process_token] = (one.beats, still)
            return {one.process_token for one in listed if self._lives(one)}

    def _time_that_counts(self) -> float:
        """How much longer a heartbeat that has not moved since the last look stands still."""
        now = seam.monotonic()
        passed = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        return min(passed, self._lease * COUNTED_SHARE)

    def _lives(self, executor: Executor) -> bool:
        token, own = executor.process_token, self._own
        if token in _ours:
            return True
        if executor.host == own.host:
            if executor.pid == own.pid and executor.process_start == own.start:
                return False
            start = _process_start(executor.pid)
            if start is None or (start and executor.process_start not in ("", start)):
                return False
        return self._seen[token][1] <= self._lease
