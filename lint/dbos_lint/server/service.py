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

SETTLE_SECONDS = 0.005
IDLE_SECONDS = 1.0
GIVEN_UP_MAX = 4
"""So many checks in a row are given up for newer texts; then one is finished all the same."""
GARBAGE_MAX = 500_000
"""So many objects may come on top of the last collection while somebody types without a pause."""
STACK_BYTES = 64 * 1024 * 1024

Answer = TypeVar("Answer")
Made = TypeVar("Made", Round, Round | None)
Checked = Callable[[Round, tuple[Document, ...]], None]


class Service:
    """Owns the open buffers and the projects around them.

    `checked` is called on the loop after every round, `complain` with messages for people, and
    `previewed` when something is certain about open files before the first round is over.
    """

    def __init__(
        self,
        checked: Checked,
        complain: Callable[[str], None],
        previewed: Checked = lambda early, documents: None,
    ) -> None:
        self.documents = Documents()
        self.workspace = Workspace(is_overtaken=self._is_overtaken)
        self.round: Round | None = None
        self._preview: Round | None = None
        self._checked = checked
        self._previewed = previewed
        self._complain = complain
        self._wanted = 0
        self._done = 0
        self._seen = 0
        self._checking: int | None = None
        self._intact: Round | None = None
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

    async def first(self) -> Round | None:
        """The same, or the preview that comes before it."""
        wanted = self._wanted
        async with self._arrived:
            await self._arrived.wait_for(lambda: max(self._done, self._seen) >= wanted)
        return self.round if self._done >= wanted else self._preview

    @property
    def is_behind(self) -> bool:
        """Whether something has changed that no round knows yet."""
        return self._done < self._wanted

    async def ask(self, question: Callable[[], Answer], *, about: Round | None = None) -> Answer:
        """Let the worker answer something about the projects, or `about` what a round has of them.

        The second raises OvertakenError once a later check has begun: it takes over the trees.
        """
        asked = question if about is None else partial(self._answered, question, about)
        return await asyncio.get_running_loop().run_in_executor(self._worker, asked)

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

    def _made(
        self,
        make: Callable[[Mapping[Path, str]], Made],
        until: int | None,
        texts: Mapping[Path, str],
    ) -> Made:
        """Have some texts checked, until more changed than `until` counts, or else to the end."""
        self._checking, self._intact = until, None
        try:
            made = make(texts)
        except OvertakenError:
            raise
        except Exception:
            self._intact = self.round  # It stays the newest there is to ask about.
            raise
        finally:
            self._checking = None
        self._intact = made
        return made

    def _whole(self, until: int | None, texts: Mapping[Path, str]) -> Round:
        """Check some texts, and leave no more garbage than before."""
        try:
            return self._made(self.workspace.check, until, texts)
        finally:
            self._tidy_up()

    def _answered(self, question: Callable[[], Answer], about: Round) -> Answer:
        """The answer about a round, unless its trees may have changed; on the worker."""
        if about is not self._intact:
            raise OvertakenError("something newer has been checked")
        return question()

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
            try:
                await self._check(wanted, may_give_up=given_up < GIVEN_UP_MAX)
            except OvertakenError:
                given_up += 1
                continue
            except Exception as failure:
                traceback.print_exc()
                self._complain(f"the check failed: {type(failure).__name__}: {failure}")
            given_up = 0
            await self._arrive(done=wanted)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_types())
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(IDLE_SECONDS, self._rest)

    async def _check(self, wanted: int, *, may_give_up: bool) -> None:
        """Check the present texts, and show what was found; what is certain early comes early."""
        documents = self.documents.every()
        buffers = {each.path: each.text for each in documents}
        until = wanted if may_give_up else None
        early = await self.ask(partial(self._made, self.workspace.preview, until, buffers))
        if early is not None:
            self._preview = early
            self._previewed(early, documents)
            await self._arrive(seen=wanted)
        made = await self.ask(partial(self._whole, until, buffers))
        self.round, self._preview = made, None
        for message in made.messages:
            self._complain(message)
        self._checked(made, documents)

    async def _arrive(self, seen: int = 0, done: int = 0) -> None:
        """Let those go on who wait for what is known now."""
        async with self._arrived:
            self._seen, self._done = max(self._seen, seen), max(self._done, done)
            self._arrived.notify_all()

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
