"""Telemetry: from a configuration to tracers and exporters of OpenTelemetry.

In: ``Telemetry`` of the settings. Out: tracing switched on, and a function that switches it off.
Never replaces what the program itself has set up: its tracer provider makes the spans, and the
endpoints of the configuration are one more place for them to go.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import warnings
from collections.abc import Callable
from typing import Any

from dbos.config import Settings, Telemetry
from dbos.error import DBOSInitializationError
from dbos.kernel import tracing
from dbos.log import logger

EXTRA = "pip install 'dbos-build[otel]'"
# Where spans go already, by provider and address: a provider does not let go of what it was given.
_sending: dict[tuple[int, str], Any] = {}
# How long what is still to be sent may hold up the end of the application.
FLUSH_MILLISECONDS = 2000


def start(settings: Settings) -> Callable[[], None]:
    """Switch tracing on, as the settings say; answers what switches it off and sends the rest.

    Raises ``DBOSInitializationError`` naming the extra when a package is missing.
    """
    wanted = settings.telemetry
    if wanted is None:
        return _nothing
    _require("opentelemetry.trace", "enable_otlp")
    from opentelemetry import trace

    processors: list[Any] = []
    if wanted.traces_endpoints:
        processors = _export_traces(wanted, settings.name)
    handler = _export_logs(wanted, settings.name) if wanted.logs_endpoints else None
    tracing.configure(
        tracing.Tracing(
            tracer=trace.get_tracer("dbos"),
            names=tracing.NAMES[wanted.attribute_format],
            attributes=wanted.attributes,
        )
    )

    def stop() -> None:
        tracing.configure(None)
        for processor in processors:
            with contextlib.suppress(Exception):
                processor.force_flush(FLUSH_MILLISECONDS)
        if handler is not None:
            logger.removeHandler(handler)
            with contextlib.suppress(Exception):
                handler.close()

    return stop


def _nothing() -> None:
    return None


def _require(module: str, key: str) -> None:
    with contextlib.suppress(ModuleNotFoundError):
        if importlib.util.find_spec(module) is not None:
            return
    raise DBOSInitializationError(f"{key} needs OpenTelemetry: {EXTRA}")


def _export_traces(wanted: Telemetry, name: str) -> list[Any]:
    """Send the spans of the program's provider to the endpoints; without one, make one."""
    for module in ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"):
        _require(module, "otlp_traces_endpoints")
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(resource=Resource.create({"service.name": name}))
        trace.set_tracer_provider(provider)
    for endpoint in wanted.traces_endpoints:
        if (id(provider), endpoint) not in _sending:
            processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint))
            provider.add_span_processor(processor)
            _sending[id(provider), endpoint] = processor
    return [_sending[id(provider), endpoint] for endpoint in wanted.traces_endpoints]


def _export_logs(wanted: Telemetry, name: str) -> logging.Handler:
    """Send what the logger of the runtime says to the endpoints."""
    for module in ("opentelemetry.sdk._logs", "opentelemetry.exporter.otlp.proto.http"):
        _require(module, "otlp_logs_endpoints")
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.resources import Resource

    provider = LoggerProvider(resource=Resource.create({"service.name": name}))
    for endpoint in wanted.logs_endpoints:
        provider.add_log_record_processor(
            BatchLogRecordProcessor(OTLPLogExporter(endpoint=endpoint))
        )
    with warnings.catch_warnings():
        # It moves to another distribution, which would be one more dependency for one class.
        warnings.simplefilter("ignore", DeprecationWarning)
        handler: logging.Handler = LoggingHandler(logger_provider=provider)
    handler.close = provider.shutdown  # type: ignore[method-assign]
    logger.addHandler(handler)
    return handler
