"""Checking while people type: one worker, the newest text first, and nothing shown twice.

In: what the editor says has changed. Out: rounds of checks. Never does: block the connection; check
a text that has been replaced meanwhile; die of a check that failed.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from dbos_build.error import BuildError, OvertakenError
from dbos_lint.documents import Document, Documents
from dbos_lint.typed import answered
from dbos_lint.workspace import Round, Workspace

SETTLE_SECONDS = 0.02
IDLE_SECONDS = 1.0
GIVEN_UP_MAX = 4
"""So many checks in a row are given up for newer texts; then one is finished all the same."""
GARBAGE_MAX = 500_000
"""So many objects may come on top of the last collection while somebody types without a pause."""
STACK_BYTES = 64 * 1024 * 1024

Answer = TypeVar("Answer")
Checked = Callable[[Round, tuple[Document, ...]], None]


class Service:
    """Owns the open buffers and the projects around them.

    `checked` is called on the loop after every round, `complain` with messages for people.
    """

    def __init__(self, checked: Checked, complain: Callable[[str], None]) -> None:
        self.documents = Documents()
        self.workspace = Workspace(is_overtaken=self._is_overtaken)
        self.round: Round | None = None
        self._checked = checked
        self._complain = complain
        self._wanted = 0
        self._done = 0
        self._checking: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._arrived = asyncio.Condition()
        self._asking: asyncio.Task[None] | None = None
        self._types = ThreadPoolExecutor(1, thread_name_prefix="types")
        self._idle: asyncio.TimerHandle | None = None
        self._grown: int | None = None
        self._resting: asyncio.Task[None] | None = None
        threading.stack_size(STACK_BYTES)  # Deeply nested code needs it; only the worker has it.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="check")
        self._worker.submit(gc.disable).result()
        threading.stack_size(0)

    def folders(self, folders: list[Path]) -> None:
        """Set the folders of the workspace."""
        self._then(lambda: setattr(self.workspace, "folders", tuple(folders)))

    def settings(self, values: Mapping[str, object]) -> None:
        """Set what the editor says about the checks, and read every configuration anew."""
        self._worker.submit(lambda: setattr(self.workspace, "editor", dict(values)))
        self.reload()

    def reload(self) -> None:
        """The configuration may have changed."""
        self._then(self.workspace.reload)

    def look_again(self) -> None:
        """Files may have changed on disk."""
        self._then(self.workspace.look_again)

    def changed(self) -> None:
        """Something changed: check again soon."""
        self._wanted += 1
        if self._idle is not None:
            self._idle.cancel()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._rounds())

    async def settled(self) -> Round | None:
        """The first round that knows everything that has changed until now."""
        wanted = self._wanted
        async with self._arrived:
            await self._arrived.wait_for(lambda: self._done >= wanted)
        return self.round

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        """Let the worker answer something about the projects."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, question)

    def stop(self) -> None:
        """Take no more work; a check that runs is not waited for."""
        if self._idle is not None:
            self._idle.cancel()
        self._types.shutdown(wait=False, cancel_futures=True)
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _then(self, action: Callable[[], object]) -> None:
        self._worker.submit(action)
        self.changed()

    def _is_overtaken(self) -> bool:
        """Whether what is being checked has been replaced; asked by the worker."""
        return self._checking is not None and self._wanted > self._checking

    def _check(self, wanted: int | None, buffers: Mapping[Path, str]) -> Round:
        """Check some buffers; without `wanted`, which counts changes, to the end."""
        self._checking = wanted
        try:
            return self.workspace.check(buffers)
        finally:
            self._checking = None
            self._tidy_up()

    def _tidy_up(self) -> None:
        """Collect garbage between checks where nobody pauses; a pause has its own collection."""
        grown = gc.get_count()[0]
        if self._grown is None:
            self._grown = grown
        elif grown - self._grown > GARBAGE_MAX:
            gc.collect()
            self._grown = gc.get_count()[0]

    def _collect(self) -> None:
        """Collect garbage while nobody types."""
        gc.collect()
        self._grown = gc.get_count()[0]

    async def _rounds(self) -> None:
        """Check until nothing is new."""
        given_up = 0
        while self._done < self._wanted:
            await asyncio.sleep(SETTLE_SECONDS)
            wanted = self._wanted
            documents = self.documents.every()
            buffers = {each.path: each.text for each in documents}
            try:
                until = wanted if given_up < GIVEN_UP_MAX else None
                made = await self.ask(partial(self._check, until, buffers))
            except OvertakenError:
                given_up += 1
                continue
            except Exception as failure:
                traceback.print_exc()
                self._complain(f"the check failed: {type(failure).__name__}: {failure}")
            else:
                self.round = made
                for message in made.messages:
                    self._complain(message)
                self._checked(made, documents)
            given_up = 0
            async with self._arrived:
                self._done = wanted
                self._arrived.notify_all()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_types())
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(IDLE_SECONDS, self._rest)

    def _rest(self) -> None:
        """Nobody types: there is time for what nobody should wait for."""
        self._resting = asyncio.create_task(self._confirm(self._wanted))

    async def _confirm(self, wanted: int) -> None:
        """Analyse as a whole what was found quickly; a new round shows what that changes."""
        try:
            differs = await self.ask(partial(self._confirmed, wanted))
        except OvertakenError:
            return
        except BuildError as failure:
            self._complain(str(failure))
            return
        if differs:
            self.changed()
        self._worker.submit(self._collect)

    def _confirmed(self, wanted: int) -> bool:
        """The same on the worker, until something changes."""
        self._checking = wanted
        try:
            return self.workspace.confirm()
        finally:
            self._checking = None

    async def _ask_for_types(self) -> None:
        """Let the type checker answer what it has not yet; a new round shows what it changes."""
        found = await self.ask(self.workspace.question)
        if found is None:
            return
        key, question = found
        resolved = None
        try:
            loop = asyncio.get_running_loop()
            resolved = await loop.run_in_executor(self._types, question.asked)
        except BuildError as failure:
            self._complain(str(failure))
        answer = await self.ask(lambda: answered(question, resolved))
        await self.ask(lambda: self.workspace.learn(key, answer))
        self._asking = None
        self.changed()
