"""Steps: functions whose outcome is recorded, with retries and backoff.

In: functions and their retry options. Out: the ``step`` decorator and ``run_step``. Never runs a
step whose outcome is recorded, and never shows an outcome before it is.

Outside a workflow a step is a plain function. Inside another step it is part of that step.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import math
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypedDict, TypeVar, cast

from dbos.error import DBOSException, DBOSMaxStepRetriesExceeded, DBOSStepTimeoutError
from dbos.kernel import authorization, context, drive, operation, seam, tracing
from dbos.kernel.context import Frame, StepScope
from dbos.kernel.drive import Call, Outcome, Protocol, Raised, Returned
from dbos.registry import declare, live
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize

P = ParamSpec("P")
R = TypeVar("R")
# Whether a step that failed with this error is to be tried again.
ShouldRetry = Callable[[Exception], bool | Awaitable[bool]]
LONGEST_INTERVAL_SECONDS = 3600.0


class StepOptions(TypedDict, total=False):
    """Options of ``run_step``; the same as those of the decorator."""

    name: str | None
    retries_allowed: bool
    interval_seconds: float
    max_attempts: int
    backoff_rate: float
    max_interval_seconds: float
    should_retry: ShouldRetry | None
    timeout_seconds: float | None
    preemptible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """A step and how often to try it."""

    name: str
    retries_allowed: bool = False
    interval_seconds: float = 1.0
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_interval_seconds: float = LONGEST_INTERVAL_SECONDS
    should_retry: ShouldRetry | None = None
    timeout_seconds: float | None = None
    preemptible: bool = False

    def __post_init__(self) -> None:
        valid_text(self.name, "The name of a step")
        for what in ("interval_seconds", "max_interval_seconds"):
            if valid_seconds(getattr(self, what), what, finite=True) < 0:
                raise DBOSException(f"{what} must not be negative")
        if type(self.max_attempts) is not int or self.max_attempts < 1:
            raise DBOSException(f"max_attempts must be at least 1, not {self.max_attempts!r}")
        if not math.isfinite(self.backoff_rate) or self.backoff_rate < 0:
            raise DBOSException(f"backoff_rate must not be negative, not {self.backoff_rate!r}")
        if self.timeout_seconds is not None:
            valid_seconds(self.timeout_seconds, "timeout_seconds", positive=True)

    def attempts(self) -> int:
        """How often the step may run."""
        return self.max_attempts if self.retries_allowed else 1

    def interval_after(self, attempt: int) -> float:
        """Seconds to wait after a failed attempt, counted from 0."""
        try:
            seconds = self.interval_seconds * self.backoff_rate**attempt
        except OverflowError:
            seconds = self.max_interval_seconds
        return max(0.0, min(seconds, self.max_interval_seconds))


def step(
    *,
    name: str | None = None,
    retries_allowed: bool = False,
    interval_seconds: float = 1.0,
    max_attempts: int = 3,
    backoff_rate: float = 2.0,
    max_interval_seconds: float = LONGEST_INTERVAL_SECONDS,
    should_retry: ShouldRetry | None = None,
    timeout_seconds: float | None = None,
    preemptible: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a step: inside a workflow its outcome is recorded and never computed again.

    Retries wait ``interval_seconds``, then ``backoff_rate`` times as long each time, at most
    ``max_interval_seconds``; after ``max_attempts`` the step raises ``DBOSMaxStepRetriesExceeded``.
    ``should_retry``, of a coroutine step also as a coroutine function, is asked after each failure.
    ``timeout_seconds`` bounds one attempt of a coroutine step.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        declared = declare(live.steps, function, name=name)
        plan = StepPlan(
            name=declared.name,
            retries_allowed=retries_allowed,
            interval_seconds=interval_seconds,
            max_attempts=max_attempts,
            backoff_rate=backoff_rate,
            max_interval_seconds=max_interval_seconds,
            should_retry=should_retry,
            timeout_seconds=timeout_seconds,
            preemptible=preemptible,
        )
        call: Callable[..., Any] = _call_async if declared.is_async else _call

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            body = authorization.admitted(function, declared.name)
            frame = context.frame.get()
            if frame is None or frame.step is not None:
                plain: R = body(*args, **kwargs)
                return plain
            result: R = call(frame, plan, declared.member, body, args, kwargs)
            return result

        if declared.is_async:
            mark_coroutine_function(wrapper)
        declared = replace(declared, wrapper=wrapper)
        live.steps[declared.name] = declared
        wrapper.__dbos_step__ = declared  # type: ignore[attr-defined]
        return wrapper

    return decorate


def run_step(
    dbos_step_options: StepOptions | None,
    func: Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run any function as a step, sync or async, with the options of the decorator.

    In an event loop the answer of a coroutine function is to be awaited; in a thread without one it
    is awaited here.
    """
    plan = _plan_of(dbos_step_options, func)
    frame = context.frame.get()
    is_async = inspect.iscoroutinefunction(func)
    result: Any
    if frame is None or frame.step is not None:
        result = func(*args, **kwargs)
    else:
        call: Callable[..., Any] = _call_async if is_async else _call
        result = call(frame, plan, None, func, args, kwargs)
    if is_async and not _in_event_loop():
        result = asyncio.run(result)
    done: R = result
    return done


def _plan_of(given: StepOptions | None, function: Callable[..., Any]) -> StepPlan:
    options = dict(given or {})
    unknown = options.keys() - StepOptions.__annotations__.keys()
    if unknown:
        known = ", ".join(StepOptions.__annotations__)
        raise DBOSException(f"A step has no option {min(unknown)!r}; it has {known}")
    chosen = options.pop("name", None)
    name = str(chosen or getattr(function, "__qualname__", type(function).__qualname__))
    return StepPlan(name=name, **cast("dict[str, Any]", options))


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def run_step_async(
    dbos_step_options: StepOptions | None,
    func: Callable[P, Coroutine[Any, Any, R]] | Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Like ``run_step``, from a coroutine. ``func`` may be a coroutine function or a plain one.

    What it answers is awaited if it can be, so a lambda that calls a coroutine function does, too.
    """
    plan = _plan_of(dbos_step_options, func)
    frame = context.frame.get()
    result: Any
    if frame is None or frame.step is not None:
        result = func(*args, **kwargs)
        if inspect.isawaitable(result):
            result = await result
    else:
        result = await _call_async(frame, plan, None, func, args, kwargs)
    done: R = result
    return done


def mark_coroutine_function(function: Callable[..., Any]) -> None:
    """Let ``inspect`` and ``asyncio`` see a wrapper that returns coroutines for what it is."""
    mark = getattr(inspect, "markcoroutinefunction", None)
    if mark is not None:
        mark(function)
    else:
        function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]


def _call(
    frame: Frame,
    plan: StepPlan,
    member: str | None,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    protocol = perform(frame, plan, member, function, args, kwargs)
    return drive.unwrap(drive.run(protocol, frame.execution.runtime.system))


def _call_async(
    frame: Frame,
    plan: StepPlan,
    member: str | None,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Coroutine[Any, Any, Any]:
    begun = drive.Begun(perform(frame, plan, member, function, args, kwargs))

    async def finish() -> Any:
        return drive.unwrap(await begun.finish(frame.execution.runtime.system))

    return finish()


def perform(
    frame: Frame,
    plan: StepPlan,
    member: str | None,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Protocol[Outcome]:
    """The life of one step: its record, or run it, retry it and record it."""
    seen_args = args[1:] if member is not None else args
    digest = serialize.digest(seen_args, kwargs) if seen_args or kwargs else None
    begun = operation.begin(frame, plan.name, digest)
    if begun.recorded is not None:
        return operation.replayed(begun)
    with tracing.span(plan.name, "step", begun.execution, begun.number) as span:
        outcome = yield from _attempt(begun, plan, function, args, kwargs, span)
        tracing.ended(span, drive.error_of(outcome))
    return (yield from operation.complete(begun, outcome, f"result of step {plan.name}"))


def _attempt(
    begun: operation.Operation,
    plan: StepPlan,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    span: Any,
) -> Protocol[Outcome]:
    errors: list[Exception] = []
    attempts = plan.attempts()
    if plan.timeout_seconds is not None:
        function = _bounded(plan.name, plan.timeout_seconds, function)
    for attempt in range(attempts):
        shown = (attempt, attempts) if plan.retries_allowed else (None, None)
        scope = StepScope(begun.number, *shown)
        scope.span = span
        outcome: Outcome = yield Call(function, args, kwargs, begun.frame.inside(scope))
        if not isinstance(outcome, Raised) or not plan.retries_allowed:
            return outcome
        errors.append(outcome.error)
        retry = yield from _asked(plan.should_retry, outcome.error, begun.frame.inside(scope))
        if isinstance(retry, Raised):
            return retry
        if not retry.value:
            return outcome
        if attempt + 1 < attempts:
            interval = plan.interval_after(attempt)
            tracing.attempt_failed(span, attempt, outcome.error, interval)
            yield from _back_off(begun, interval)
    return Raised(DBOSMaxStepRetriesExceeded(plan.name, attempts, errors))


def _asked(should_retry: ShouldRetry | None, error: Exception, frame: Frame) -> Protocol[Outcome]:
    """Whether to try again; an error of ``should_retry`` itself is what the step fails with."""
    if should_retry is None:
        return Returned(True)
    answer: Outcome = yield Call(should_retry, (error,), {}, frame)
    if isinstance(answer, Returned) and inspect.iscoroutine(answer.value):
        answer.value.close()
        return Raised(DBOSException("should_retry is a coroutine function, and the step is none"))
    return answer


def _back_off(begun: operation.Operation, seconds: float) -> Protocol[None]:
    execution = begun.execution
    deadline = seam.monotonic() + seconds
    wakes = execution.runtime.system.wakes
    with wakes.subscribe(("workflow", execution.workflow_id)) as subscription:
        while seam.monotonic() < deadline:
            yield from operation.pause(execution, subscription, deadline)


def _bounded(name: str, seconds: float, function: Callable[..., Any]) -> Callable[..., Any]:
    """A coroutine step that is cancelled after its timeout; a sync step is told afterwards."""

    async def awaited(answer: Awaitable[Any]) -> Any:
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await answer
        except TimeoutError:
            if limit.expired():
                raise DBOSStepTimeoutError(name, seconds) from None
            raise

    def bounded(*args: Any, **kwargs: Any) -> Any:
        began = seam.monotonic()
        result = function(*args, **kwargs)
        if inspect.isawaitable(result):
            return awaited(result)
        if seam.monotonic() - began > seconds:
            raise DBOSStepTimeoutError(name, seconds)
        return result

    return bounded
