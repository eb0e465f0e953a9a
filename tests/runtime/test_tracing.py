"""Traces: which spans there are, whose children they are, and what it costs not to have any."""

from __future__ import annotations

import asyncio
import http.server
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from dbos import DBOS, DBOSConfig, DBOSContextSetAuth, Queue, SetWorkflowID, testing
from dbos.error import DBOSInitializationError, DBOSMaxStepRetriesExceeded

Spans = Callable[[], list[ReadableSpan]]


@pytest.fixture(scope="module")
def exported() -> InMemorySpanExporter:
    """Where the spans of this process go: a process has one provider of tracers, for good."""
    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is traced does not depend on the database."""
    return f"sqlite:///{tmp_path / 'system.sqlite'}"


@pytest.fixture
def spans(exported: InMemorySpanExporter, config: DBOSConfig) -> Spans:
    """A running application that traces; calling the fixture answers the ended spans."""
    telemetry: Any = {"enable_otlp": True, "otlp_attributes": {"team": "shop"}}
    DBOS(config={**config, **telemetry, "heartbeat_seconds": 3600.0, "lease_seconds": 7200.0})
    DBOS.launch()
    exported.clear()
    return lambda: list(exported.get_finished_spans())


def parents(found: list[ReadableSpan]) -> dict[str, str | None]:
    """The name of each span, with that of its parent."""
    names = {one.context.span_id: one.name for one in found if one.context is not None}
    return {
        one.name: None if one.parent is None else names.get(one.parent.span_id, "?")
        for one in found
    }


def test_steps_are_children_of_their_workflow_and_that_of_the_caller(spans: Spans) -> None:
    @DBOS.step(name="charge")
    def charge() -> None:
        DBOS.span.set_attribute("amount", 3)
        with DBOS.tracer.start_as_current_span("inside the step"):
            pass

    @DBOS.workflow(name="child")
    def child() -> None:
        charge()

    @DBOS.workflow(name="parent")
    def parent() -> None:
        DBOS.start_workflow(child).get_result()

    with (
        trace.get_tracer("web").start_as_current_span("request"),
        SetWorkflowID("p"),
        DBOSContextSetAuth("ann", ["admin"]),
    ):
        parent()
    assert parents(spans()) == {
        "inside the step": "charge",
        "charge": "child",
        "child": "parent",
        "parent": "request",
        "request": None,
    }
    told = {one.name: dict(one.attributes or {}) for one in spans()}
    assert told["parent"] == {
        "team": "shop",
        "operationType": "workflow",
        "operationUUID": "p",
        "authenticatedUser": "ann",
        "authenticatedUserRoles": '["admin"]',
        "applicationVersion": DBOS.application_version,
        "executorID": "local",
    }
    assert told["charge"]["operationType"] == "step"
    assert told["charge"]["operationUUID"] == "p-1"
    assert (told["charge"]["stepID"], told["charge"]["amount"]) == (1, 3)


def test_tasks_of_one_workflow_each_have_their_own_parents(spans: Spans) -> None:
    @DBOS.step(name="inner")
    async def inner(n: int) -> int:
        with DBOS.tracer.start_as_current_span(f"work {n}"):
            await asyncio.sleep(0)
        return n

    @DBOS.workflow(name="gathering")
    async def gathering() -> list[int]:
        async def branch(n: int) -> int:
            with DBOS.tracer.start_as_current_span(f"branch {n}"):
                return await inner(n)

        return list(await asyncio.gather(branch(1), branch(2)))

    async def main() -> list[int]:
        first, second = await asyncio.gather(gathering(), gathering())
        return first + second

    assert asyncio.run(main()) == [1, 2, 1, 2]
    found = spans()
    by_id = {one.context.span_id: one for one in found if one.context is not None}

    def line(one: ReadableSpan | None) -> list[str]:
        if one is None:
            return []
        above = by_id.get(one.parent.span_id) if one.parent else None
        return [one.name, *line(above)]

    lines = sorted(line(one) for one in found if one.name.startswith("work"))
    one, two = (["work 1", "inner", "branch 1"], ["work 2", "inner", "branch 2"])
    assert lines == [[*one, "gathering"]] * 2 + [[*two, "gathering"]] * 2
    assert len({one.context.trace_id for one in found if one.context is not None}) == 2


def test_what_is_recorded_is_not_traced_again(spans: Spans, exported: InMemorySpanExporter) -> None:
    halted = threading.Event()

    @DBOS.step(name="first")
    def first() -> None: ...

    @DBOS.step(name="second")
    def second() -> None:
        if not halted.is_set():
            halted.set()
            raise SystemExit  # the process ends here

    @DBOS.workflow(name="resumed")
    def resumed() -> None:
        first()
        second()

    with SetWorkflowID("again"), pytest.raises(SystemExit):
        resumed()
    assert [one.name for one in spans()] == ["first", "second", "resumed"]
    exported.clear()
    [handle] = testing.recover_pending_workflows(["local"])
    handle.get_result()
    with SetWorkflowID("again"):
        resumed()
    assert parents(spans()) == {"second": "resumed", "resumed": None}


def test_errors_and_failed_attempts_are_told(spans: Spans) -> None:
    @DBOS.step(name="flaky", retries_allowed=True, max_attempts=2, interval_seconds=0)
    def flaky() -> None:
        raise ValueError("no answer")

    @DBOS.workflow(name="failing")
    def failing() -> None:
        flaky()

    with pytest.raises(DBOSMaxStepRetriesExceeded):
        failing()
    told = {one.name: one for one in spans()}
    assert {name: one.status.status_code.name for name, one in told.items()} == {
        "flaky": "ERROR",
        "failing": "ERROR",
    }
    first = told["flaky"].events[0]
    assert first.name == "Step attempt 0 failed"
    assert dict(first.attributes or {}) == {"error": "no answer", "retryIntervalSeconds": 0.0}


def test_queued_workflows_and_transactions_are_traced(spans: Spans) -> None:
    @DBOS.transaction(name="booking")
    def booking() -> int:
        DBOS.span.add_event("booked")
        return 1

    @DBOS.workflow(name="queued")
    def queued() -> int:
        return booking()

    assert Queue("traced").enqueue(queued).get_result() == 1
    told = {one.name: one for one in spans()}
    assert parents(list(told.values())) == {"booking": "queued", "queued": None}
    assert dict(told["queued"].attributes or {})["queueName"] == "traced"
    assert dict(told["booking"].attributes or {})["operationType"] == "transaction"
    assert [one.name for one in told["booking"].events] == ["booked"]


def test_attributes_by_the_conventions(exported: InMemorySpanExporter, config: DBOSConfig) -> None:
    DBOS(config={**config, "enable_otlp": True, "otel_attribute_format": "semconv"})
    DBOS.launch()
    exported.clear()

    @DBOS.workflow(name="named")
    def named() -> None: ...

    with SetWorkflowID("n"):
        named()
    [span] = exported.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "dbos.operation.type": "workflow",
        "dbos.operation.workflow_id": "n",
        "dbos.application.version": DBOS.application_version,
        "dbos.executor.id": "local",
    }


@pytest.mark.usefixtures("launched")
def test_without_tracing_a_program_that_uses_spans_runs_the_same(
    exported: InMemorySpanExporter,
) -> None:
    exported.clear()

    @DBOS.step(name="silent")
    def silent() -> bool:
        DBOS.span.set_attribute("amount", 3)
        DBOS.span.set_attributes({"a": 1})
        DBOS.span.add_event("event", {"b": 2})
        with DBOS.tracer.start_as_current_span("inner") as inner:
            inner.record_exception(ValueError())
        return bool(DBOS.span.is_recording())

    @DBOS.workflow(name="quiet")
    def quiet() -> bool:
        return silent()

    assert quiet() is False
    assert exported.get_finished_spans() == ()


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what exporters send, and remembers where it was sent."""

    received: list[str]
    arrived: threading.Event

    def do_POST(self) -> None:
        """Answer that everything is well."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """An address that takes traces and logs, and the paths they came to."""
    received: list[str] = []
    handler = type("Handler", (Collector,), {"received": received})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", received
    server.shutdown()
    server.server_close()
    thread.join()


def test_traces_and_logs_have_arrived_when_the_application_ends(
    config: DBOSConfig, collector: tuple[str, list[str]]
) -> None:
    address, received = collector
    DBOS(
        config={
            **config,
            "enable_otlp": True,
            "otlp_traces_endpoints": [f"{address}/v1/traces"],
            "otlp_logs_endpoints": [f"{address}/v1/logs"],
        }
    )
    DBOS.launch()

    @DBOS.workflow(name="sent")
    def sent() -> None: ...

    sent()
    DBOS.destroy()
    assert set(received) == {"/v1/traces", "/v1/logs"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("otel_attribute_format", "pretty"),
        ("otlp_traces_endpoints", "http://one-text"),
        ("otlp_traces_endpoints", ["localhost:4317"]),
        ("otlp_attributes", ["a"]),
    ],
)
def test_what_cannot_be_meant_is_refused(config: DBOSConfig, key: str, value: object) -> None:
    with pytest.raises(DBOSInitializationError, match=key):
        DBOS(config={**config, "enable_otlp": True, key: value})


def test_a_missing_package_is_named_at_launch(
    config: DBOSConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    DBOS(config={**config, "enable_otlp": True})
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DBOSInitializationError, match=r"dbos-build\[otel\]"):
        DBOS.launch()


def test_a_program_that_does_not_trace_imports_nothing_for_it(tmp_path: Path) -> None:
    program = (
        "import sys; from dbos import DBOS\n"
        f"DBOS(config={{'name': 'plain', 'system_database_url': 'sqlite:///{tmp_path}/s.db'}})\n"
        "DBOS.workflow()(f := lambda: None)\n"
        "DBOS.launch(); DBOS.span; DBOS.tracer; DBOS.destroy()\n"
        "print([name for name in sys.modules if 'opentelemetry' in name])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
