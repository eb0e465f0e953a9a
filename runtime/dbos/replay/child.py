"""Replaying in child processes, as tests do it.

In: a task for each child. Out: the verdicts it gave. Never replays in the calling process, which
so keeps its clock, its environment and its audit hooks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from dbos.error import DBOSException
from dbos.replay import worlds
from dbos.replay.verdict import Verdict

PATIENCE_SECONDS = 600.0


class DBOSReplayError(DBOSException):
    """Nothing could be replayed: the message says why."""


def replay(task: Mapping[str, Any]) -> list[Verdict]:
    """Do one task; see ``dbos.replay.__main__.Task`` for its keys.

    Raises ``DBOSReplayError`` when the program or the fixture is of no use.
    """
    return replay_all([task])[0]


def replay_all(tasks: Sequence[Mapping[str, Any]]) -> list[list[Verdict]]:
    """Do several tasks side by side, each in a fresh process."""
    children = [_Child(task) for task in tasks]
    return [child.verdicts() for child in children]


class _Child:
    """One child process and the thread that talks to it."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        environment = dict(os.environ)
        # The child finds what this process finds.
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        if task.get("world") is not None:
            environment = worlds.environment(int(task["world"]), environment)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dbos.replay"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self._said: tuple[bytes, bytes] = (b"", b"")
        self._talk = threading.Thread(target=self._communicate, args=(task,), daemon=True)
        self._talk.start()

    def _communicate(self, task: Mapping[str, Any]) -> None:
        text = json.dumps(dict(task)).encode("utf-8")
        try:
            self._said = self._process.communicate(text, PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._said = self._process.communicate()

    def verdicts(self) -> list[Verdict]:
        """Wait for the end and answer what it said."""
        self._talk.join()
        out, err = self._said
        lines = [json.loads(line) for line in out.decode("utf-8").splitlines()]
        for line in lines:
            if "error" in line:
                raise DBOSReplayError(line["error"])
        if not lines or "done" not in lines[-1]:
            told = err.decode("utf-8", "replace").strip()[-2000:]
            raise DBOSReplayError(f"The replaying process ended too early: {told}")
        return [
            Verdict(**{**line["verdict"], "notes": tuple(line["verdict"]["notes"])})
            for line in lines
            if "verdict" in line
        ]
