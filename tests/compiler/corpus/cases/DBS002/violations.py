"""Monotonic and processor clocks: a stopwatch starts at zero on every machine."""

import time
import timeit
from contextlib import contextmanager
from functools import wraps
from time import monotonic, perf_counter as tick

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def timed(function):
    @wraps(function)
    def measure(*args):
        started = time.perf_counter()  # flags: DBS002
        result = function(*args)
        save("seconds", time.perf_counter() - started)  # flags: DBS002
        return result

    return measure


@timed
def total(prices: list[int]) -> int:
    return sum(prices)


@contextmanager
def stopwatch(name: str):
    started = tick()  # flags: DBS002
    yield
    save(name, tick() - started)  # flags: DBS002


class Budget:
    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds  # flags: DBS002

    def left(self) -> float:
        return self.end - monotonic()  # flags: DBS002


@DBOS.workflow()
def measured_sum(prices: list[int]) -> int:
    return total(prices)


@DBOS.workflow()
def measured_block(prices: list[int]) -> int:
    with stopwatch("block"):
        result = sum(prices)
    return result


@DBOS.workflow()
def until_budget_ends() -> int:
    budget = Budget(40)
    rounds = 0
    while budget.left() > 0:
        save("round", rounds)
        rounds += 1
    return rounds


@DBOS.workflow()
def processor_time(prices: list[int]) -> float:
    started = time.process_time()  # flags: DBS002
    sum(prices)
    return time.process_time() - started  # flags: DBS002


@DBOS.workflow()
def nanoseconds() -> int:
    began = time.monotonic_ns()  # flags: DBS002
    save("began", began)
    return began


@DBOS.workflow()
def timer() -> float:
    started = timeit.default_timer()  # flags: DBS002
    save("started", started)
    return started


@DBOS.workflow()
def thread_clock(names: list[str]) -> dict[str, int]:
    clocks = {"thread": time.thread_time_ns, "count": len}
    measured = clocks["thread"]()  # flags: DBS002
    save("measured", measured)
    return {"names": clocks["count"](names)}
