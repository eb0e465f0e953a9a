"""Empty workflows: called one after the other, started together, started by a parent."""

from __future__ import annotations

from bench import Bench
from dbos import DBOS
from timing import rate

CALLS = 300
CHILDREN = 100


@DBOS.workflow()
def empty(number: int) -> int:
    """Nothing but the workflow itself."""
    return number


@DBOS.workflow()
def parent(count: int) -> int:
    """Calls children one after the other."""
    return sum(empty(number) for number in range(count))


def call_all() -> None:
    """One after the other."""
    for number in range(CALLS):
        empty(number)


def start_all() -> None:
    """All at once, then wait for all."""
    handles = [DBOS.start_workflow(empty, number) for number in range(CALLS)]
    for handle in handles:
        handle.get_result()


def measure(bench: Bench) -> dict[str, float]:
    """Workflows per second."""
    bench.launch()
    empty(-1)
    return {
        "sequential /s": rate(CALLS, call_all),
        "started, to completion /s": rate(CALLS, start_all),
        "children /s": rate(CHILDREN, lambda: parent(CHILDREN)),
    }
