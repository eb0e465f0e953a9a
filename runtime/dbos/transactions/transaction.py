"""Transactions: steps that are one database transaction, committed exactly once.

In: functions that use ``DBOS.sql_session``. Out: the ``transaction`` decorator. Never repeats a
transaction that has committed, and never lets SQLite read outside the transaction it writes in.

Where the application's database is the system database, the checkpoint is a part of the transaction
itself: one commit for both. Where it is another one, the transaction writes its result into
``transaction_outputs`` there, and the checkpoint follows; a recovered workflow looks there before
it runs the transaction again.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from dbos.error import DBOSException, DBOSInitializationError
from dbos.kernel import authorization, context, drive, operation, runtime, tracing
from dbos.kernel.context import Frame, StepScope
from dbos.kernel.drive import Call, Outcome, Protocol, Raised, Returned
from dbos.registry import Declared, declare, live
from dbos.values import serialize

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dbos.kernel.runtime import Runtime
    from dbos.system.steps import StepRecord
    from dbos.transactions.datasource import Datasource

P = ParamSpec("P")
R = TypeVar("R")
IsolationLevel = Literal["SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED"]
LEVELS = ("SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED")
FIRST_RETRY_SECONDS = 0.002
LONGEST_RETRY_SECONDS = 1.0


def transaction(
    isolation_level: IsolationLevel = "SERIALIZABLE", *, name: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a transaction; it reaches the database through ``DBOS.sql_session``.

    In a workflow it commits exactly once. An exception rolls it back and is recorded. Serialization
    failures and deadlocks run it again. Outside a workflow it is one transaction without a record.
    """
    check_level(isolation_level)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        declared = declare(live.transactions, function, name=name)
        refuse_coroutine(declared)

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            result: R = call(datasource, declared, isolation_level, args, kwargs)
            return result

        declared = replace(declared, wrapper=wrapper)
        live.transactions[declared.name] = declared
        wrapper.__dbos_step__ = declared  # type: ignore[attr-defined]
        return wrapper

    return decorate


def check_level(isolation_level: str) -> None:
    """Raise ``DBOSException`` for what is no isolation level."""
    if isolation_level not in LEVELS:
        raise DBOSException(f"isolation_level must be one of {LEVELS}, not {isolation_level!r}")


def refuse_coroutine(declared: Declared) -> None:
    """Raise ``DBOSInitializationError`` for a coroutine function."""
    if declared.is_async:
        raise DBOSInitializationError(
            f"Transaction {declared.name} is a coroutine; write it as a plain function and call"
            " it with asyncio.to_thread"
        )


def call(
    source: Source,
    declared: Declared,
    level: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Call a transaction: recorded in a workflow, part of the one around it on the same database.

    Raises ``DBOSException`` inside a transaction on another database, which it cannot be part of.
    """
    function = authorization.admitted(declared.function, declared.name)
    frame = context.frame.get()
    if is_part_of_another(declared.name, source):
        return function(*args, **kwargs)
    now = runtime.active()
    if frame is None or frame.step is not None:
        return run_unrecorded(source(now), source, level, function, args, kwargs)

    def attempt_of(begun: operation.Operation, scope: StepScope) -> Callable[[], Attempt]:
        opened = source(begun.execution.runtime)

        def attempt() -> Attempt:
            with on(source):
                return run(begun, opened, scope, level, function, args, kwargs)

        return attempt

    protocol = perform(frame, declared, args, kwargs, attempt_of)
    return drive.unwrap(drive.run(protocol, now.system))


def is_part_of_another(name: str, source: object) -> bool:
    """Whether the caller runs a transaction already, which this one then is a part of.

    Raises ``DBOSException`` when that one is on another database.
    """
    if _session() is None:
        return False
    if _source.get() != source:
        raise DBOSException(
            f"Transaction {name} was called inside a transaction on another database;"
            " call it from the workflow, so that each commits once"
        )
    return True


def current_session(source: object = None) -> Session:
    """The SQLAlchemy session of the running transaction, or ``DBOSException`` outside of one."""
    session: Session = session_of(source)
    return session


def session_of(source: object = None) -> Any:
    """The same for a source whose sessions are of another kind."""
    session = _session()
    if session is None:
        raise DBOSException(
            "DBOS.sql_session exists only inside a function decorated with @DBOS.transaction()"
            if source is None
            else "sql_session() exists only inside a transaction of its own datasource"
        )
    if _source.get() != (source or datasource):
        raise DBOSException("The running transaction is one on another database than this session")
    return session


def _session() -> Any:
    frame = context.frame.get()
    if frame is not None and frame.step is not None and frame.step.session is not None:
        return frame.step.session
    return _plain_session.get()


@contextlib.contextmanager
def on(source: object, session: object = None) -> Iterator[None]:
    """A block that runs on a database; with a session, as a transaction outside of workflows."""
    token = _source.set(source)
    plain = None if session is None else _plain_session.set(session)
    try:
        yield
    finally:
        _source.reset(token)
        if plain is not None:
            _plain_session.reset(plain)


_plain_session: ContextVar[Any] = ContextVar("dbos_plain_session", default=None)
# which database the running transaction is on
_source: ContextVar[Any] = ContextVar("dbos_transaction_source", default=None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One execution of a transaction's function, and how it went."""

    outcome: Outcome
    record: StepRecord | None
    status: str | None


def perform(
    frame: Frame,
    declared: Declared,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    attempt_of: Callable[[operation.Operation, StepScope], Callable[[], Any]],
) -> Protocol[Outcome]:
    """The life of one transaction: its record, or what ``attempt_of`` makes of it.

    That answers the function, or the coroutine function, that runs the transaction to its end and
    answers an ``Attempt``.
    """
    seen = args[1:] if declared.member is not None else args
    digest = serialize.digest(seen, kwargs) if seen or kwargs else None
    begun = operation.begin(frame, declared.name, digest)
    if begun.recorded is not None:
        return operation.replayed(begun)
    with tracing.span(declared.name, "transaction", begun.execution, begun.number) as span:
        scope = StepScope(begun.number, None, None, span=span)
        answer: Outcome = yield Call(attempt_of(begun, scope), (), {}, frame.inside(scope))
        tried: Attempt = drive.unwrap(answer)
        tracing.ended(span, drive.error_of(tried.outcome))
    if isinstance(tried.outcome, Raised):
        return (yield from operation.complete(begun, tried.outcome, "error"))
    if tried.record is None:
        return (yield from operation.complete(begun, tried.outcome, "result"))
    counted = yield from operation.settle(begun, tried.record, tried.status)
    if counted is not tried.record:
        return operation.replayed(replace(begun, recorded=counted))
    return tried.outcome


def run(
    begun: operation.Operation,
    source: Datasource,
    scope: StepScope,
    level: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Attempt:
    """Run the function in a transaction that commits with its own record.

    Who is refused a connection waits for one: no workflow fails because its database is away.
    """
    for number, delay in retries():
        if delay:
            source.pause(delay)
        try:
            with source.session(level) as session:
                scope.session = source.shown(session)
                tried = _attempt(begun, source, session, number, lambda: function(*args, **kwargs))
            if tried is not None:
                return tried
        except Exception as error:
            if not source.is_away(error):
                raise
        finally:
            scope.session = None
    raise AssertionError("retries never end")


def _attempt(
    begun: operation.Operation,
    source: Datasource,
    session: Session,
    number: int,
    function: Callable[[], Any],
) -> Attempt | None:
    """Run the function once and commit; None when it failed through others, to be run again."""
    try:
        known = source.recorded(session, begun, again=number > 1)
        if known is not None:
            return Attempt(Returned(serialize.decode(*known)), None, None)
        value = function()
        session.flush()
        payloads, seen = operation.encoded(begun.frame, Returned(value), "result")
        record = operation.record_of(begun, **payloads)
        status = source.record(session, begun, record)
        if source.shares_commit and status is None:
            session.rollback()
        else:
            source.commit(session, begun.name)
        return Attempt(seen, record if source.shares_commit else None, status)
    except Exception as error:
        session.rollback()
        if source.is_conflict(error, session):
            return None
        return Attempt(Raised(error), None, None)


def retries() -> Iterator[tuple[int, float]]:
    """1, 2, 3, … each with a longer time to wait before, in seconds; none before the first."""
    number, delay = 1, 0.0
    while True:
        yield number, delay
        number += 1
        delay = min(delay * 2, LONGEST_RETRY_SECONDS) or FIRST_RETRY_SECONDS


def run_unrecorded(
    source: Datasource,
    of: Source,
    level: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """A transaction outside a workflow, or as a part of a step."""
    for _, delay in retries():
        if delay:
            source.pause(delay)
        failed: BaseException | None = None
        try:
            with source.session(level) as session, on(of, source.shown(session)):
                try:
                    value = function(*args, **kwargs)
                    session.commit()
                    return value
                except BaseException as error:
                    session.rollback()
                    if not isinstance(error, Exception) or not source.is_conflict(error, session):
                        failed = error
        except Exception as error:
            if not source.is_away(error):
                raise
        if failed is not None:
            raise failed
    raise AssertionError("retries never end")


def datasource(now: Runtime) -> Datasource:
    """The application database of a runtime, opened on first use."""
    from dbos.transactions.datasource import Datasource

    with now.datasource_lock:
        if now.datasource is None:
            chosen = now.settings
            now.datasource = Datasource(chosen, now.system, chosen.pools.engine_kwargs)
        return now.datasource


def close(now: Runtime) -> None:
    """Close the application's databases, as far as they were opened."""
    with now.datasource_lock:
        opened = [now.datasource, *now.further_datasources.values()]
        now.datasource = None
        now.further_datasources.clear()
    for source in opened:
        with contextlib.suppress(Exception):
            if source is not None:
                source.close()


Source = Callable[["Runtime"], "Datasource"]
"""Finds the database of a transaction in a runtime, opened on first use."""
