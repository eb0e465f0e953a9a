"""Decorators applied in the call form, through instances and through conditional names."""

import dbos
from dbos import DBOS

try:
    import uvloop
except ImportError:
    uvloop = None

import secrets
import time

durable = DBOS.workflow
checkpoint = DBOS.step(retries_allowed=True)


def plant(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(4)}"  # flags: DBS103


def water(kind: str) -> float:
    return time.perf_counter()


def grow(kind: str) -> str:
    return plant(kind) + str(watered(kind))


watered = checkpoint(water)
grown = durable(name="grow")(grow)


@dbos.DBOS.workflow()
def forest(kinds: list[str]) -> list[str]:
    return [grown(kind) for kind in kinds]
