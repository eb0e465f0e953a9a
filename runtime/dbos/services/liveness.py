"""Which processes are alive: our own identity, and the judgement of others.

In: rows of ``executors``. Out: the tokens of the processes that count as alive. Never trusts
another machine's clock.

A process on this host is judged by the host: it is dead when its pid is gone or belongs to a
process that started at another time. So a program that is restarted after SIGKILL recovers at once.
A process elsewhere is dead when its heartbeat has not moved for the length of a lease, measured on
our own monotonic clock.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbos.kernel import seam

if TYPE_CHECKING:
    from dbos.system.executors import Executor

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
    """Remembers heartbeats, so that a standstill can be measured."""

    def __init__(self, lease_seconds: float) -> None:
        self._lease = lease_seconds
        self._own = identity()
        self._seen: dict[str, tuple[int, float]] = {}

    def alive(self, executors: Iterable[Executor]) -> set[str]:
        """The tokens of all processes that count as alive."""
        return {executor.process_token for executor in executors if self._lives(executor)}

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
        now = seam.monotonic()
        beats, since = self._seen.get(token, (None, now))
        if beats != executor.beats:
            self._seen[token] = (executor.beats, now)
            return True
        return now - since <= self._lease
