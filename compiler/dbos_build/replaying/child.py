"""The child process that replays: started, told what to do, and listened to.

In: a task as plain data. Out: its verdicts, one by one, and how it ended.
Never: runs user code in this process. The task goes through a pipe, so that no database password
shows in a list of processes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from dbos_build.error import BuildError

FITS = "fits"
UNKNOWN_FUNCTION = "unknown-function"
TOLD_CHARACTERS = 2000


class ReplayError(BuildError):
    """Nothing could be replayed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the replay of one workflow showed; see `dbos.replay.verdict` for the kinds."""

    workflow_id: str
    name: str
    status: str
    kind: str
    reason: str
    replayed: int = 0
    recorded: int = 0
    step: int | None = None
    expected: str | None = None
    asked: str | None = None
    place: str | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Outcome:
    """All verdicts, how many more workflows there were, as far as anybody looked, and warnings.

    `not_imported` says of modules that no workflow was known to need why they were not imported.
    """

    verdicts: tuple[Verdict, ...]
    left_out: int
    not_imported: tuple[str, ...]


def replay(task: Mapping[str, object], told: Callable[[Verdict], None]) -> Outcome:
    """Do a task in a child process and tell each verdict when it comes.

    Raises ReplayError when the child cannot use the database, the fixture or the program.
    """
    verdicts: list[Verdict] = []
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "dbos.replay"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        )
        try:
            end = _listen(process, task, verdicts, told)
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        if end is None:
            raise ReplayError(f"the replaying process ended too early: {_last_words(errors)}")
    return Outcome(tuple(verdicts), int(end["left_out"]), tuple(end["not_imported"]))


def _listen(
    process: subprocess.Popen[str],
    task: Mapping[str, object],
    verdicts: list[Verdict],
    told: Callable[[Verdict], None],
) -> dict[str, Any] | None:
    """Hand over the task and take the answers; the last one, or None when it is missing."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(task))
        process.stdin.close()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        said: dict[str, Any] = json.loads(line)
        if "error" in said:
            raise ReplayError(str(said["error"]))
        if "done" in said:
            process.wait()
            return said
        verdict = Verdict(**{**said["verdict"], "notes": tuple(said["verdict"]["notes"])})
        verdicts.append(verdict)
        told(verdict)
    return None


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip()[-TOLD_CHARACTERS:].splitlines()
    return lines[-1] if lines else "it said nothing"
