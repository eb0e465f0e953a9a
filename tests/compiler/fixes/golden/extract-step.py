"""Expressions of every kind that become steps."""

from __future__ import annotations

import os
import random
import time
import uuid
from datetime import UTC
from datetime import datetime as clock
from pathlib import Path

import requests

from dbos import DBOS

FOLDER = Path("data")
cache: dict[str, str] = {}


def current_time() -> str:
    """This name is taken."""
    return "never"


# This comment belongs to the workflow.
@DBOS.workflow()
def place(order: dict[str, str], count: int) -> str:
    """Reads the world in many ways."""
    started = time.time()  # fix DBS001: time.time()
    created = clock.now(UTC).isoformat()  # fix DBS001: clock.now(UTC)
    number = uuid.uuid4().hex  # fix DBS104: uuid.uuid4()
    second = uuid.uuid4().hex  # fix DBS104: uuid.uuid4()
    lucky = random.choice([1, 2, 3])  # fix DBS101: random.choice([1, 2, 3])
    some = [random.randint(0, each) for each in range(count)]  # fix DBS101: random.randint(0, each)
    mode = os.environ["MODE"]  # fix DBS301: os.environ
    region = os.getenv("REGION", "eu")  # fix DBS301: os.getenv("REGION", "eu")
    known = "DEBUG" in os.environ  # fix DBS301: os.environ
    text = (FOLDER / "a.txt").read_text()  # fix DBS203: (FOLDER / "a.txt").read_text()
    names = os.listdir("data")  # fix DBS203: os.listdir("data")
    body = requests.get(order["url"], timeout=5).json()  # fix DBS201: requests.get(order["url"], timeout=5)
    requests.post("https://example.com", json=describe(order))  # fix DBS201: requests.post("https://example.com", json=describe(order))
    wide = requests.get(  # fix DBS201: requests.get(
        order["url"],
        # why it is short
        timeout=time_limit(
            count
        ),
    ).text
    return f"{started}{created}{number}{second}{lucky}{some}{mode}{region}{known}{text}{names}{body}{wide}"


def describe(order: dict[str, str]) -> str:
    """A helper."""
    return str(order)


def time_limit(count: int) -> float:
    """A helper."""
    return float(count)


@DBOS.workflow()
async def place_async(order_id: str) -> float:
    """The same in a coroutine."""
    import secrets as entropy

    token = entropy.token_hex(8)  # fix DBS103: entropy.token_hex(8)
    day = clock.now(UTC).weekday()  # fix DBS001: clock.now(UTC)
    match order_id:
        case "a":
            return len(token) + day + time.time()  # fix DBS001: time.time()
        case [head, *rest]:
            return hash(head) + len(rest)  # fix DBS503: hash(head)
    return 0.0


class Shop:
    """Methods."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder

    def price(self, weight: int) -> int:
        """Asks the network."""
        url = f"{self.address}/{weight}"
        answer = requests.get(url, params={"w": weight}).text  # fix DBS201: requests.get(url, params={"w": weight})
        direct = requests.get(self.address).text  # fix DBS201: requests.get(self.address)
        return len(answer + direct)
