"""Traces: a span for each execution of a workflow and for each step that really runs.

In: what begins and how it ended. Out: spans of OpenTelemetry, inside of which user code runs, so
that spans of the program and of its libraries find their parents. Never imports OpenTelemetry
before a program enables it: until then ``current`` is None, and that is all it costs. Never emits
a span for a step whose outcome is recorded, and never lets a failing exporter reach a workflow.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbos.kernel.execution import Execution

# What the attributes of spans are called: as ever, and by the conventions of OpenTelemetry.
NAMES: Mapping[str, Mapping[str, str]] = {
    "legacy": {
        "type": "operationType",
        "workflow_id": "operationUUID",
        "step_id": "stepID",
        "user": "authenticatedUser",
        "roles": "authenticatedUserRoles",
        "role": "authenticatedUserAssumedRole",
        "version": "applicationVersion",
        "executor": "executorID",
        "queue": "queueName",
    },
    "semconv": {
        "type": "dbos.operation.type",
        "workflow_id": "dbos.operation.workflow_id",
        "step_id": "dbos.operation.step_id",
        "user": "dbos.user.name",
        "roles": "dbos.user.roles",
        "role": "dbos.user.assumed_role",
        "version": "dbos.application.version",
        "executor": "dbos.executor.id",
        "queue": "dbos.queue.name",
    },
}
FORMATS = tuple(NAMES)


class SilentSpan:
    """Stands where no span is: takes whatever spans are told, and does nothing."""

    __slots__ = ()

    def is_recording(self) -> bool:
        """Always False."""
        return False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _ignore


def _ignore(*_: Any, **__: Any) -> None:
    return None


class SilentTracer:
    """Stands where no tracer is: its spans are silent."""

    __slots__ = ()

    def start_span(self, *_: Any, **__: Any) -> SilentSpan:
        """A span that does nothing."""
        return SILENT

    @contextlib.contextmanager
    def start_as_current_span(self, *_: Any, **__: Any) -> Iterator[SilentSpan]:
        """A block with a span that does nothing."""
        yield SILENT


SILENT = SilentSpan()


@dataclass(frozen=True, slots=True)
class Tracing:
    """What spans are made with: a tracer of OpenTelemetry, and what every span says."""

    tracer: Any
    names: Mapping[str, str]
    attributes: Mapping[str, str]

    def begin(self, name: str, kind: str, execution: Execution, step_id: int | None) -> Any:
        """A span that has begun; of a workflow under what started it, of a step under the caller's.

        It is not current: ``attach`` makes it so around the calls of user code.
        """
        runtime = execution.runtime
        known = {
            "type": kind,
            "workflow_id": execution.workflow_id,
            "step_id": step_id,
            "user": execution.user,
            "roles": json.dumps(execution.roles) if execution.roles else None,
            "role": execution.assumed_role,
            "version": runtime.application_version,
            "executor": runtime.executor_id,
            "queue": execution.queue_name,
        }
        given = {self.names[key]: value for key, value in known.items() if value is not None}
        parent = execution.trace_parent if step_id is None else None
        return self.tracer.start_span(name, context=parent, attributes={**self.attributes, **given})


current: Tracing | None = None


def configure(tracing: Tracing | None) -> None:
    """Make spans from now on, or none."""
    global current
    current = tracing


def tracer() -> Any:
    """The tracer, or one whose spans are silent when tracing is off."""
    return SilentTracer() if current is None else current.tracer


def running() -> Any:
    """The span of the calling code; a silent one when tracing is off."""
    if current is None:
        return SILENT
    from opentelemetry import trace

    return trace.get_current_span()


def caller() -> Any:
    """The context in which a workflow is started, for ``Execution.trace_parent``; None when off."""
    if current is None:
        return None
    from opentelemetry import context

    return context.get_current()


def span(
    name: str, kind: str, execution: Execution, step_id: int | None = None
) -> contextlib.AbstractContextManager[Any]:
    """A span for the time of a block, or None when tracing is off; see ``ended``.

    What leaves the block as an exception (a cancellation, a shutdown) is the span's error.
    """
    tracing = current
    if tracing is None:
        return _OFF
    return _lasting(tracing.begin(name, kind, execution, step_id))


_OFF: contextlib.AbstractContextManager[None] = contextlib.nullcontext()


@contextlib.contextmanager
def _lasting(begun: Any) -> Iterator[Any]:
    try:
        yield begun
    except BaseException as error:
        _fail(begun, error)
        raise
    finally:
        begun.end()


def ended(span: Any, error: BaseException | None) -> None:
    """Note on a span how what it stands for ended: with an error, or well."""
    if span is None:
        return
    if error is not None:
        _fail(span, error)
        return
    from opentelemetry.trace import Status, StatusCode

    span.set_status(Status(StatusCode.OK))


def attempt_failed(span: Any, attempt: int, error: Exception, interval_seconds: float) -> None:
    """Note on the span of a step that an attempt failed and when the next one follows."""
    if span is not None:
        span.add_event(
            f"Step attempt {attempt} failed",
            {"error": str(error), "retryIntervalSeconds": interval_seconds},
        )


def attach(span: Any) -> Any:
    """Make a span current for the calling code; answers what ``detach`` needs."""
    from opentelemetry import context, trace

    return context.attach(trace.set_span_in_context(span))


def detach(token: Any) -> None:
    """Undo ``attach``."""
    from opentelemetry import context

    context.detach(token)


def _fail(span: Any, error: BaseException) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.record_exception(error)
    span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
