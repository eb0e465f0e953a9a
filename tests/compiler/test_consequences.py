"""Severity follows what becomes of a value; what is not surely harmless stays an error."""

from __future__ import annotations

import pytest

from dbos_build.findings import Severity
from support.analysis import findings, flagged

HEAD = """\
import random
import requests
import structlog
import time

from dbos import DBOS
from opentelemetry import metrics, trace
from prometheus_client import Histogram

LATENCY = Histogram("latency", "Seconds", ["kind"])
METER = metrics.get_meter(__name__)
SPAN = trace.get_tracer(__name__).start_span("checkout")


class Order:
    def __init__(self) -> None:
        self.at = 0.0


@DBOS.step()
def save(value: object) -> None:
    DBOS.logger.info("%s", value)


@DBOS.step()
def other(value: object) -> None:
    DBOS.logger.info("%s", value)


@DBOS.workflow()
def checkout(names: list[str]) -> object:
"""


def severities(*body: str) -> list[str]:
    """The severities of what is found in a workflow with these lines."""
    text = HEAD + "".join(f"    {line}\n" for line in body)
    return [each.severity.value for each in findings(text)]


@pytest.mark.parametrize(
    "body",
    [
        ("order = Order()", "order.at = time.time()", "DBOS.logger.info(order.at)", "save(order)"),
        ("order = Order()", "order.at = time.time()", "save([order])"),
        ("return [save(name) for name in range(random.randint(1, 5))]",),
        ("raise ValueError(time.time())",),
        ("chosen = {0: save, 1: other}[random.randint(0, 1)]", "chosen(names)"),
        ("random.shuffle(names)", "save(names)"),
        ("DBOS.logger.info(requests.get('https://example.com').text)",),
        ("unused = requests.get('https://example.com')",),
        ("now = time.time()", "DBOS.logger.info(now)", "return now"),
        ("text = f'at {time.time()}'", "DBOS.logger.info(text)", "return text"),
        ("text = f'at {time.time()}'", "DBOS.logger.info(text)", "DBOS.set_event('at', text)"),
        ("random.shuffle(names)", "return names"),
        ("random.Random().shuffle(names)", "save(names)"),
        ("if time.time() > 5:", "    DBOS.logger.info('late')"),
        ("LATENCY.observe(save(time.time()))",),
    ],
)
def test_what_may_matter_is_an_error(body: tuple[str, ...]) -> None:
    assert severities(*body) == ["error"]


@pytest.mark.parametrize(
    "body",
    [
        ("started = time.time()",),
        ("_ = random.random()", "save(names)"),
        ("order = Order()", "order.at = time.time()", "DBOS.logger.info(order.at)"),
        ("DBOS.logger.info(f'{time.time():.1f}')", "save(names)"),
        ("time.time()", "save(names)"),
        ("random.randint(1, 5)", "save(names)"),
        ("LATENCY.observe(time.time())", "save(names)"),
        ("LATENCY.labels(str(time.time())).inc()", "save(names)"),
        ("SPAN.set_attribute('at', time.time())", "save(names)"),
        ("METER.create_histogram('at').record(time.time())", "save(names)"),
        ("log = structlog.get_logger().bind(at=time.time())", "log.info('here')"),
    ],
)
def test_what_is_only_logged_or_never_read_is_a_warning(body: tuple[str, ...]) -> None:
    assert severities(*body) == ["warning"]


def test_the_places_where_it_matters_are_shown_when_they_are_asked_for() -> None:
    body = "    now = time.time()\n    if now > 5:\n        save(now)\n"
    found = flagged(HEAD + body, "DBS701", "DBS702")
    first = HEAD.count("\n")
    assert found == [
        ("main.py", first + 1, "DBS001"),
        ("main.py", first + 2, "DBS701"),
        ("main.py", first + 3, "DBS702"),
    ]
    assert flagged(HEAD + body) == [("main.py", first + 1, "DBS001")]


def test_the_message_names_the_source() -> None:
    text = HEAD + "    save(time.time())\n"
    (found,) = (each for each in findings(text, "unstable-data") if each.code == "DBS702")
    assert found.severity is Severity.INFO
    assert f"clock (main.py:{HEAD.count(chr(10)) + 1})" in found.message
