"""Tracing and metrics around durable code: noise, not violations, except where it decides."""

import logging
import time

import sentry_sdk
import structlog
from dbos import DBOS
from opentelemetry import trace
from prometheus_client import Counter

tracer = trace.get_tracer(__name__)
orders = Counter("orders", "orders handled")
log = structlog.get_logger()
logger = logging.getLogger("orders")


@DBOS.step()
def charge(order: str) -> str:
    started = time.perf_counter()
    log.info("charging", order=order)
    return f"{order}:{time.perf_counter() - started}"


@DBOS.workflow()
def handle(order: str) -> str:
    log.info("begin", order=order)
    logger.warning("begin %s", order)
    with tracer.start_as_current_span("handle"):
        receipt = charge(order)
    DBOS.logger.info("done")
    return receipt


@DBOS.workflow()
def timed(order: str) -> str:
    started = time.monotonic()  # flags: DBS002
    receipt = charge(order)
    if time.monotonic() - started > 5:  # flags: DBS002
        charge("slow")
    return receipt
