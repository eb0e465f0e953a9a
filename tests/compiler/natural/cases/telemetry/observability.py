"""Logging, metrics and traces: noise that must not be mistaken for trouble."""

from __future__ import annotations

import contextlib
import logging
from typing import Iterator

import structlog
from opentelemetry import trace
from prometheus_client import Counter, Histogram

logger = structlog.get_logger()
std = logging.getLogger("app")
tracer = trace.get_tracer(__name__)
ORDERS = Counter("orders_total", "Orders", ["state"])
LATENCY = Histogram("latency_seconds", "Latency")


@contextlib.contextmanager
def span(name: str) -> Iterator[None]:
    with tracer.start_as_current_span(name) as current:
        current.set_attribute("component", "orders")
        logger.info("start", span=name)
        yield
        logger.info("end", span=name)


def count(state: str) -> None:
    ORDERS.labels(state=state).inc()
