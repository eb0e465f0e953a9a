from __future__ import annotations

import atexit
import logging
import signal
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager, nullcontext
from types import TracebackType

from dbos import DBOS
from loguru import logger as loguru
from opentelemetry import trace

tracer = trace.get_tracer(__name__)
log = logging.getLogger(__name__)


class Timer:
    """Measures a block."""

    def __enter__(self) -> Timer:
        self.started = time.perf_counter()  # flags: DBS002
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.seconds = time.perf_counter() - self.started  # flags: DBS002


class Collector:
    def __init__(self) -> None:
        self.items: list[str] = []

    def __enter__(self) -> list[str]:
        return self.items

    def __exit__(self, *_: object) -> bool:
        self.items.clear()
        return False

    def close(self) -> None:
        self.items.clear()


@contextmanager
def scratch() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:  # flags: DBS203
        yield folder


@asynccontextmanager
async def logged(name: str):
    log.info("begin %s", name)
    yield name.upper()
    log.info("end %s", name)


def numbers(limit: int) -> Generator[int, None, str]:
    for number in range(limit):
        yield number
    return "done"


def ticks() -> Iterator[float]:
    while True:
        yield time.time()  # flags: DBS001


def doubled(limit: int) -> Iterator[int]:
    outcome = yield from numbers(limit)
    yield len(outcome)


@DBOS.step()
def write(text: str) -> str:
    return text


@DBOS.step()
async def awrite(text: str) -> str:
    return text


@DBOS.workflow()
def timed(texts: list[str]) -> float:
    with Timer() as timer:
        for text in texts:
            write(text)
    return timer.seconds


@DBOS.workflow()
def stacked(texts: list[str]) -> int:
    with ExitStack() as stack:
        items = stack.enter_context(Collector())
        stack.enter_context(nullcontext())
        items.extend(write(text) for text in texts)
        folder = stack.enter_context(scratch())
        write(folder)
        return len(items)


@DBOS.workflow()
async def spans(texts: list[str]) -> list[str]:
    async with AsyncExitStack() as stack:
        name = await stack.enter_async_context(logged("spans"))
        with tracer.start_as_current_span(name) as span:
            span.set_attribute("texts", len(texts))
            loguru.info("{} texts", len(texts))
            return [await awrite(text) for text in texts]


@DBOS.workflow()
def generated(limit: int) -> str:
    with closing(Collector()) as collector:
        for number in doubled(limit):
            collector.items.append(str(number))
        first = next(ticks())
        return write(f"{collector.items} {first}")


def stop(*_: object) -> None:
    log.info("stopped at %s", time.ctime())


signal.signal(signal.SIGTERM, stop)
atexit.register(stop)
