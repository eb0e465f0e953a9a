"""One protocol, two drivers.

In: a protocol, which is a generator that yields requests. Out: what the generator returns.
Everything durable is written once, as such a generator; ``run`` performs its requests in the
calling thread, ``run_async`` performs them on an event loop, where waiting holds no thread. Never
interprets what it carries.

User code is called through ``Call`` and answers an ``Outcome``, because an exception of the user
(``StopIteration`` among them) must not be mistaken for one of the protocol. What is no
``Exception`` (a keyboard interrupt, the cancellation of a task) passes through the generator
untouched.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from dbos.error import DBOSException
from dbos.kernel import context, runtime, submission

if TYPE_CHECKING:
    from dbos.kernel.context import Frame
    from dbos.kernel.wakes import Subscription
    from dbos.system import SystemDatabase
    from dbos.system.statement import Read, Script, Write
    from dbos.transactions.within import Within

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Save:
    """Commit a write; the answer is its result."""

    write: Write[Any] | Script[Any]


@dataclass(frozen=True, slots=True)
class Load:
    """Ask the database; the answer is what it says."""

    read: Read[Any]


@dataclass(frozen=True, slots=True)
class Call:
    """Call user code inside ``frame``; the answer is an ``Outcome``. Coroutines are awaited."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    frame: Frame


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until woken or until the monotonic deadline; the answer is whether one was woken.

    ``needs`` tells whether only an event loop can bring what is waited for: then a plain call must
    not hold that loop up.
    """

    subscription: Subscription
    deadline: float | None
    needs: Callable[[asyncio.AbstractEventLoop], bool] | None = None


@dataclass(frozen=True, slots=True)
class Proceed:
    """Nothing to do. What follows belongs to whoever awaits, and not to the call; see ``Begun``."""


Request = Save | Load | Call | Wait | Proceed
Protocol = Generator[Request, Any, T]


@dataclass(frozen=True, slots=True)
class Returned:
    """User code returned a value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """User code raised an exception."""

    error: Exception


Outcome = Returned | Raised


def unwrap(outcome: Outcome) -> Any:
    """The value, or the exception raised."""
    if isinstance(outcome, Raised):
        raise outcome.error
    return outcome.value


def error_of(outcome: Outcome) -> Exception | None:
    """The exception raised, or None."""
    return outcome.error if isinstance(outcome, Raised) else None


def run(protocol: Protocol[T], system: SystemDatabase | Within) -> T:
    """Perform a protocol in the calling thread; ``Within`` somebody else's transaction."""
    try:
        request = next(protocol)
        while True:
            try:
                answer = _perform(request, system)
            except BaseException as error:
                request = protocol.throw(error)
            else:
                request = protocol.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


def _perform(request: Request, system: SystemDatabase | Within) -> Any:
    # The two of every step come first; a class pattern would cost more than what it selects.
    if isinstance(request, Call):
        return _call(request)
    if isinstance(request, Save):
        return system.save(request.write)
    if isinstance(request, Load):
        return system.read(request.read)
    if isinstance(request, Wait):
        _refuse_to_wait_for_own_loop(request)
        return request.subscription.wait(request.deadline)
    return None


def _refuse_to_wait_for_own_loop(request: Wait) -> None:
    loop = asyncio._get_running_loop()
    if loop is not None and request.needs is not None and request.needs(loop):
        raise DBOSException(
            "A plain call waits here for a workflow that runs on this very event loop: neither"
            " could go on. Await the _async twin"
        )


def _call(request: Call) -> Outcome:
    frame = request.frame
    if frame.step is not None:
        frame.execution.admit_step()
    tokens = context.enter(frame)
    try:
        return Returned(request.function(*request.args, **request.kwargs))
    except Exception as error:
        return Raised(error)
    finally:
        context.leave(tokens)


class Begun(Generic[T]):
    """A protocol that was advanced to its first request when it was called.

    An operation takes its position when it is called, not when it is first awaited: so the calls in
    ``asyncio.gather(a(), b())`` are numbered in the order in which they are written. A protocol of
    several operations yields ``Proceed`` between them: replay, which finds the first one recorded
    and so asks for nothing, must not take the position of the second one here.
    """

    __slots__ = ("_error", "_protocol", "_request", "_result")

    def __init__(self, protocol: Protocol[T]) -> None:
        self._protocol = protocol
        self._request: Request | None = None
        self._error: BaseException | None = None
        self._result: Any = None
        try:
            self._request = next(protocol)
        except StopIteration as stop:
            self._result = stop.value
        except Exception as error:
            self._error = error

    async def finish(self, system: SystemDatabase) -> T:
        """Perform the rest on the running event loop."""
        if self._error is not None:
            raise self._error
        if self._request is None:
            early: T = self._result
            return early
        protocol, request = self._protocol, self._request
        try:
            while True:
                try:
                    if isinstance(request, Save):
                        answer = await system.save_async(request.write)
                    else:
                        answer = await _perform_async(request, system)
                except BaseException as error:
                    request = protocol.throw(error)
                else:
                    request = protocol.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result


async def _perform_async(request: Request, system: SystemDatabase) -> Any:
    if isinstance(request, Call):
        return await _call_async(request)
    if isinstance(request, Load):
        return await system.read_async(request.read)
    if isinstance(request, Wait):
        return await request.subscription.wait_async(request.deadline)
    return None


async def _call_async(request: Call) -> Outcome:
    frame = request.frame
    if frame.step is not None:
        await frame.execution.admit_step_async()
    tokens = context.enter(frame)
    if frame.step is None:
        frame.lane.adopt(asyncio.current_task())
        submission.watch(asyncio.get_running_loop())
    try:
        result = request.function(*request.args, **request.kwargs)
        if inspect.isawaitable(result):
            result = await result
        return Returned(result)
    except Exception as error:
        return Raised(error)
    except asyncio.CancelledError as error:
        if frame.step is not None or _is_being_cancelled():
            raise
        return Raised(_not_awaited(error))
    finally:
        context.leave(tokens)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _not_awaited(error: asyncio.CancelledError) -> Exception:
    """How a workflow fails that awaits something cancelled, while nobody cancels it."""
    told = "The workflow awaited a task or future that was cancelled"
    failure = DBOSException(f"{told}: {error}" if str(error) else told)
    failure.__cause__ = error
    return failure


async def run_async(protocol: Protocol[T], system: SystemDatabase) -> T:
    """Perform a protocol on the running event loop."""
    return await Begun(protocol).finish(system)


def blocking(make: Callable[P, Protocol[T]]) -> Callable[P, T]:
    """The function that performs a protocol in the calling thread."""

    @functools.wraps(make)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return run(make(*args, **kwargs), runtime.active().system)

    return call


def awaitable(make: Callable[P, Protocol[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The coroutine function that performs a protocol on the running event loop."""

    @functools.wraps(make)
    def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        system = runtime.active().system
        return Begun(make(*args, **kwargs)).finish(system)

    return call
