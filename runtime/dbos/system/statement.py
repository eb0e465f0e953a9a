"""Statements and the values that carry them to the database.

In: functions that build one SQLAlchemy Core statement from the tables. Out: ``Statement`` (text
compiled once for each database), and ``Write``, ``Script`` and ``Read``: frozen values that say
what to execute and how to read the answer. Never connects and never executes.

Building an expression costs more than a checkpoint may, so it happens once per statement and
database; a call only binds parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from sqlalchemy.sql.expression import ClauseElement

    from dbos.system.dialect import Language

T = TypeVar("T")
Key = tuple[str, ...]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement; compare and hash by identity, so that it can key a cache.

    ``set_up`` answers what a connection has to execute once before it can execute the statement.
    ``origin`` is the name under which its text travels with the package; empty when it does not.
    """

    name: str
    build: Callable[[Language], ClauseElement]
    set_up: Callable[[Language], Sequence[str]] | None = None
    origin: str = ""


def statement(build: Callable[[Language], ClauseElement]) -> Statement:
    """Decorator: the function that builds a statement becomes the statement."""
    return Statement(name=build.__name__, build=build, origin=origin_of(build.__module__, build))


def origin_of(module: str, build: Callable[..., object] | str) -> str:
    """The ``origin`` of a statement of this folder; none for those of tests and programs."""
    name = build if isinstance(build, str) else build.__name__
    folder, _, own = module.rpartition(".")
    return f"{own}.{name}" if folder == __package__ else ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one statement answered: its rows, and how many rows it affected."""

    rows: list[Row]
    count: int

    def first(self) -> Row | None:
        """The first row, or None."""
        return self.rows[0] if self.rows else None


class Transaction(Protocol):
    """What a script may do: execute statements, in order, in one transaction."""

    def run(self, statement: Statement, **parameters: object) -> Result:
        """Execute one statement with these parameters."""

    def run_all(self, calls: Sequence[tuple[Statement, Mapping[str, object]]]) -> list[Result]:
        """Execute statements that do not need each other's answers, in one round trip."""

    def run_once(self, statement: Statement) -> Result:
        """Execute a statement that was made for this one call and carries its own values."""


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """One writing statement. ``wakes`` names who to wake once it is committed.

    An ``unhurried`` one is waited for by nobody but the thread that gives it, which has nothing
    else to do: it may wait a moment for others to share a commit with.
    """

    what: str
    statement: Statement
    parameters: Mapping[str, object]
    read: Callable[[Result], T]
    wakes: tuple[Key, ...] = ()
    unhurried: bool = False

    def apply(self, transaction: Transaction) -> T:
        """Execute inside ``transaction`` and read the answer."""
        return self.read(transaction.run(self.statement, **self.parameters))


@dataclass(frozen=True, slots=True)
class Script(Generic[T]):
    """Several statements in one transaction. ``body`` may run again, so it has no other effect."""

    what: str
    body: Callable[[Transaction], T]
    wakes: tuple[Key, ...] = field(default=())
    unhurried: ClassVar[bool] = False

    def apply(self, transaction: Transaction) -> T:
        """Execute inside ``transaction``."""
        return self.body(transaction)


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A question to the database that changes nothing."""

    what: str
    body: Callable[[Transaction], T]


def together(what: str, *writes: Write[Any] | Script[Any]) -> Script[list[Any]]:
    """Several writes as one, so that they share a commit. Answers a list of their results."""

    def body(transaction: Transaction) -> list[Any]:
        single = [write for write in writes if isinstance(write, Write)]
        if len(single) < len(writes):
            return [write.apply(transaction) for write in writes]
        results = transaction.run_all([(write.statement, write.parameters) for write in single])
        return [write.read(result) for write, result in zip(single, results, strict=True)]

    keys = tuple(key for write in writes for key in write.wakes)
    return Script(what=what, body=body, wakes=keys)


def nothing(result: Result) -> None:
    """Reads an answer that nobody asks for."""


def affected(result: Result) -> int:
    """Reads how many rows were affected."""
    return result.count
