"""Workflows that a function makes, and what it imports, makes and defines for their steps."""

from collections.abc import Callable
from typing import Any

from dbos import DBOS


def build(engine: Any) -> dict[str, Any]:
    import time
    from datetime import datetime

    def age(now: float, since: float) -> float:
        return now - since

    @engine.step()
    def measure(name: str) -> float:  # flags: DBS812
        return time.time()

    def expire(name: str) -> float:  # flags: DBS812
        return age(measure(name), measure(name))

    def parse(text: str) -> datetime:  # flags: DBS812
        return datetime(2024, 1, 1 + len(text))

    return {"expire": engine.workflow()(expire), "parse": engine.workflow()(parse)}


WORKFLOWS = build(DBOS)


def shadowed() -> Callable[..., Any]:
    """The name of a module, for something else."""

    class time:
        @staticmethod
        def time() -> float:
            return 1.0

    @DBOS.workflow()
    def fixed(name: str) -> float:  # flags: DBS812
        return time.time()

    return fixed


def purge(days: int) -> int:
    return days * 24


def register() -> None:
    import time

    started = time.monotonic()
    DBOS.workflow()(purge)
    DBOS.logger.info("registered after %s seconds", time.monotonic() - started)


def begin(days: int) -> str:
    return DBOS.start_workflow(purge, days).workflow_id
