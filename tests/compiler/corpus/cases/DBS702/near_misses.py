"""Durable data from durable sources."""

import random
import time

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def now() -> float:
    return time.time()


@DBOS.workflow()
def argument(name: str) -> str:
    save(name, now())
    return name


@DBOS.workflow()
def event(name: str) -> str:
    moment = now()
    DBOS.set_event("at", moment)
    return name


@DBOS.workflow()
def message(name: str) -> str:
    DBOS.send(name, {"seed": random.Random(name).random()})
    return name


@DBOS.workflow()
def result(name: str) -> float:
    save(name, 1)
    return now() + len(name)


@DBOS.workflow()
def overwritten(name: str, at: float) -> float:
    started = now()
    started = at
    save(name, started)
    return started


@DBOS.workflow()
def in_a_container(name: str) -> dict[str, float]:
    values = {name: now()}
    save(name, values)
    return values
