"""``python -m dbos.replay``: the child process in which histories are replayed.

In: one JSON object on stdin, see ``Task``. Out: JSON lines on stdout, one verdict each and one for
the end; exit code 0 when all fit, 1 when not, 2 when nothing could be replayed. What the program
itself prints goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from dbos.error import DBOSException
from dbos.replay import history, program, stored, worlds
from dbos.replay.history import DBOSFixtureError, History
from dbos.replay.replayer import DEFAULT_PATIENCE_SECONDS, Replayer

EXIT_FITS, EXIT_DIFFERS, EXIT_ERROR = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to replay: histories from a database or from fixtures (files, or a text), and how.

    With ``prefixes``, each history is replayed as it stood after each of its operations. ``world``
    is the number of the world to do it in, see ``worlds``.
    """

    program: dict[str, Any]
    url: str | None = None
    schema: str = "dbos"
    fixtures: list[str] = field(default_factory=list)
    text: str | None = None
    workflow_ids: list[str] = field(default_factory=list)
    status: list[str] | None = None
    name: str | None = None
    limit: int | None = None
    allow_pickle: bool = False
    patience_seconds: float = DEFAULT_PATIENCE_SECONDS
    prefixes: bool = False
    world: int | None = None


def main() -> int:
    """Do the task on stdin; answer the exit code."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    task = Task(**json.loads(sys.stdin.buffer.read()))
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    try:
        return _perform(task, out)
    except DBOSException as error:
        _say(out, {"error": str(error)})
        return EXIT_ERROR


def _say(out: IO[str], line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def _perform(task: Task, out: IO[str]) -> int:
    """Replay everything and say each verdict as soon as it is known."""
    with closing(_Histories(task)) as found:
        failed = program.load(
            program.Program(**task.program), found.names(), with_instances=found.need_instances()
        )
        shift = 0.0 if task.world is None else worlds.clock_shift_seconds(task.world)
        replayer = Replayer(
            allow_pickle=task.allow_pickle,
            patience_seconds=task.patience_seconds,
            clock_shift_seconds=shift,
        )
        if task.world is not None:
            worlds.enter(task.world)
        count = fitting = 0
        for one in found:
            program.find_main(one)
            for cut in _cuts(one, prefixes=task.prefixes):
                verdict = replayer.replay(cut)
                count, fitting = count + 1, fitting + verdict.fits
                _say(out, {"verdict": verdict.as_data()})
    _say(out, {"done": count, "left_out": found.left_out, "not_imported": failed})
    return EXIT_FITS if count == fitting else EXIT_DIFFERS


def _cuts(one: History, *, prefixes: bool) -> Iterator[History]:
    if prefixes:
        for count in range(len(one.operations)):
            yield one.before(count)
    yield one


class _Histories:
    """The histories of a task, read in batches where they come from a database."""

    def __init__(self, task: Task) -> None:
        # how many more match, as far as was looked
        self.left_out = 0
        self._system: Any = None
        self._ids: list[str] = []
        self._read: list[History] = []
        self._names: set[str] = set()
        self._instances = False
        if task.url is not None:
            self._open(task, task.url)
        else:
            self._select(task, _fixtures(task))

    def _open(self, task: Task, url: str) -> None:
        from dbos.system.existing import open_existing

        self._system = open_existing(url, schema=task.schema)
        try:
            found = stored.select(
                self._system,
                ids=task.workflow_ids or None,
                status=task.status,
                name=task.name,
                most=None if task.limit is None else task.limit + 1,
            )
        except BaseException:
            self.close()
            raise
        kept = found[: task.limit]
        self.left_out = len(found) - len(kept)
        self._ids = [one.workflow_id for one in kept]
        self._names = {one.name for one in kept}
        self._instances = any(one.config_name is not None for one in kept)

    def _select(self, task: Task, found: list[History]) -> None:
        known = {one.workflow_id for one in found}
        for id in task.workflow_ids:
            if id not in known:
                raise DBOSFixtureError(f"No fixture holds a workflow with the id {id!r}")
        matching = [
            one
            for one in found
            if (not task.workflow_ids or one.workflow_id in task.workflow_ids)
            and (task.status is None or one.status in task.status)
            and (task.name is None or one.name == task.name)
        ]
        self._read = matching[: task.limit]
        self.left_out = len(matching) - len(self._read)
        self._names = {one.name for one in self._read}
        self._instances = any(one.config_name is not None for one in self._read)

    def names(self) -> set[str]:
        """The names of the workflows to replay."""
        return self._names

    def need_instances(self) -> bool:
        """Whether some of them are methods of instances, which any module may have made."""
        return self._instances

    def __iter__(self) -> Iterator[History]:
        yield from self._read
        if self._system is not None:
            yield from stored.named(self._system, self._ids)

    def close(self) -> None:
        """Close the database."""
        if self._system is not None:
            self._system.close()


def _fixtures(task: Task) -> list[History]:
    found: list[History] = []
    if task.text is not None:
        found.extend(history.load(task.text, "the fixture"))
    for name in task.fixtures:
        try:
            text = Path(name).read_bytes()
        except OSError as error:
            raise DBOSFixtureError(f"{name}: cannot be read ({error.strerror})") from None
        found.extend(history.load(text, name))
    return found


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Threads that the program has started must not keep the process alive.
    os._exit(code)
