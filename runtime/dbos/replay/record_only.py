"""An execution that only its record answers: no step runs, and there is no database.

In: a history. Out: an execution, and a system database that refuses, for the drivers that run real
workflows. Never answers anything that is not on record: a thread that asks for more unwinds with
``RecordEnded``; a coroutine stands still, so that the other tasks of its workflow can go on.
"""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from dbos.error import DBOSBaseException, DBOSSerializationError
from dbos.kernel import context
from dbos.kernel.execution import Execution
from dbos.kernel.wakes import Wakes
from dbos.replay import places, wall
from dbos.replay.places import Place
from dbos.replay.redaction import REDACTED, Redacted

if TYPE_CHECKING:
    from dbos.kernel.context import Frame
    from dbos.kernel.record import StepRecord
    from dbos.system.dialect import Language
    from dbos.system.statement import Read, Script, Write

PICKLE = "py_pickle"


class RecordEnded(DBOSBaseException):
    """The code asked for an operation that is not on record."""


class Undecodable(DBOSBaseException):
    """A recorded value cannot be read by this program."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation that the code asked for: its name, position, and the line of the call."""

    name: str
    position: str
    place: Place | None


class RecordedExecution(Execution):
    """An execution for a replay: it keeps what was asked for, in order."""

    def __init__(self, *, allow_pickle: bool, **given: Any) -> None:
        super().__init__(**given)
        self._allow_pickle = allow_pickle
        self.found: list[Asked] = []
        self.beyond: list[Asked] = []
        self.undecodable: str | None = None
        # the exceptions that came out of the record
        self.recorded_errors: list[BaseException] = []
        # set when the judgement is made: whatever still unwinds asks in vain
        self.over = False

    def asked(self, name: str, position: str, recorded: StepRecord | None) -> None:
        """Note an operation that begins, recorded or not."""
        if self.over:
            raise RecordEnded("the replay of this workflow is over")
        asked = Asked(name, position, places.calling())
        (self.found if recorded is not None else self.beyond).append(asked)

    def unasked(self) -> list[StepRecord]:
        """The recorded operations that nobody has asked for, in the order of their numbers.

        The record of a timeout belongs to the operation before it.
        """
        seen = {asked.position for asked in (*self.found, *self.beyond)}
        seen |= {f"{position}t" for position in seen}
        left = [record for record in self.history.values() if record.position not in seen]
        return sorted(left, key=lambda record: record.function_id)

    def is_used_up(self) -> bool:
        """Whether the code wants more than is on record, and all of the record was asked for."""
        return bool(self.beyond) and not self.unasked()

    def decode(self, text: str | None, serialization: str | None) -> Any:
        """A recorded value. Raises ``Undecodable``, which user code does not catch by accident."""
        if serialization == REDACTED:
            return Redacted()
        if serialization == PICKLE and not self._allow_pickle:
            self._cannot("it is a pickle; give --allow-pickle to load it")
        try:
            value = super().decode(text, serialization)
            if isinstance(value, BaseException):
                self.recorded_errors.append(value)
            return value
        except DBOSSerializationError as error:
            self._cannot(str(error))

    def _cannot(self, reason: str) -> NoReturn:
        if self.undecodable is None:
            self.undecodable = reason
        raise Undecodable(reason)

    def admit_step(self) -> None:
        """No step runs: here the record ends."""
        raise RecordEnded("a step that is not on record")

    async def admit_step_async(self) -> None:
        """No step runs: this coroutine stands still."""
        await stand_still()


async def stand_still() -> None:
    """Wait until this task is cancelled."""
    await asyncio.get_running_loop().create_future()


class GuardedFrame:
    """Stands where the context keeps the running workflow, and refuses threads that have none.

    In a thread that did not inherit the context, a step is a plain function: it would really run.
    """

    def __init__(self, frame: ContextVar[Frame | None]) -> None:
        self._frame = frame

    def get(self) -> Frame | None:
        """The frame of the calling code."""
        found = self._frame.get()
        standing = wall.standing()
        lost = found is None and threading.current_thread() is not threading.main_thread()
        if lost and standing is not None:
            standing.refuse("runs outside its workflow, in a thread without its context", "DBOS")
        return found

    def set(self, frame: Frame | None) -> Token[Frame | None]:
        """Enter a frame."""
        return self._frame.set(frame)

    def reset(self, token: Token[Frame | None]) -> None:
        """Leave it again."""
        self._frame.reset(token)


class NoDatabase:
    """Stands where the system database is, and refuses."""

    def __init__(self) -> None:
        self.wakes = Wakes()

    def save(self, write: Write[Any] | Script[Any]) -> NoReturn:
        """Nothing is written: here the record ends."""
        _end(write.what)

    def read(self, read: Read[Any]) -> NoReturn:
        """Nothing is read: here the record ends."""
        _end(read.what)

    async def save_async(self, write: Write[Any] | Script[Any]) -> None:
        """Nothing is written: this coroutine stands still."""
        await self._end_async(write.what)

    async def read_async(self, read: Read[Any]) -> None:
        """Nothing is read: this coroutine stands still."""
        await self._end_async(read.what)

    async def _end_async(self, what: str) -> None:
        try:
            _end(what)
        except RecordEnded:
            await stand_still()

    @property
    def language(self) -> Language:
        """How a database would be talked to: writes are put together before they are refused."""
        from dbos.system import dialect

        return dialect.language("sqlite:///replay.sqlite", "dbos")

    def describe(self) -> str:
        """A replay has no database."""
        return "no database (replay)"

    def close(self) -> None:
        """There is nothing to close."""


class NoDatasource:
    """Stands where the application's database is, and refuses."""

    shares_commit = True

    def session(self, level: str) -> NoReturn:
        """No transaction begins."""
        _end("a transaction")

    def close(self) -> None:
        """There is nothing to close."""


def _end(what: str) -> NoReturn:
    """Unwind the caller: where the record ends, or where something was asked that has no record."""
    frame = context.frame.get()
    execution = None if frame is None else frame.execution
    if not isinstance(execution, RecordedExecution) or not execution.beyond:
        standing = wall.standing()
        if standing is not None:
            standing.refuse("asks the system database, outside of any operation", what)
    raise RecordEnded(what)
