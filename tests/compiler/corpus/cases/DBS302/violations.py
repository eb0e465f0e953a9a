"""Constants that are computed when the module is imported: each process has its own."""

import os
import random
import socket
import time
import uuid
from datetime import UTC, datetime

from dbos import DBOS

MODE = os.environ.get("MODE", "live")
STARTED = time.time()
INSTANCE = str(uuid.uuid4())
SALT = random.random()
HOST = socket.gethostname()
DEBUG = "DEBUG" in os.environ
LIMITS = {"orders": int(os.getpid()), "names": 3}
TODAY = datetime.now(UTC).date()


class Settings:
    region = os.getenv("REGION", "eu")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def is_debug() -> bool:
    return DEBUG  # flags: DBS302


@DBOS.workflow()
def by_mode(name: str) -> str:
    if MODE == "live":  # flags: DBS302
        save(name, "live")
    return name


@DBOS.workflow()
def since_start(name: str) -> float:
    save(name, STARTED)  # flags: DBS302
    return STARTED  # flags: DBS302


@DBOS.workflow()
def by_instance(name: str) -> str:
    key = f"{name}-{INSTANCE}"  # flags: DBS302
    save(name, key)
    return key


@DBOS.workflow()
def salted(name: str) -> float:
    value = SALT + len(name)  # flags: DBS302
    save(name, value)
    return value


@DBOS.workflow()
def on_host(name: str) -> str:
    save(name, HOST)  # flags: DBS302
    return name


@DBOS.workflow()
def in_a_helper(name: str) -> str:
    if is_debug():
        save(name, "debug")
    return name


@DBOS.workflow()
def class_constant(name: str) -> str:
    save(name, Settings.region)  # flags: DBS302
    return name


@DBOS.workflow()
def on_a_day(name: str) -> str:
    save(name, TODAY.isoformat())  # flags: DBS302
    return name


@DBOS.workflow()
def limited(name: str) -> int:
    limit = LIMITS["orders"]  # flags: DBS302
    save(name, limit)
    return limit
