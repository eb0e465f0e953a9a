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


@DBOS.step()
def current_time_2() -> float:
    """Read the clock; a replay gets the recorded result."""
    return time.time()


@DBOS.step()
def current_datetime() -> clock:
    """Read the clock; a replay gets the recorded result."""
    return clock.now(UTC)


@DBOS.step()
def new_uuid() -> uuid.UUID:
    """Make an identifier; a replay gets the recorded result."""
    return uuid.uuid4()


@DBOS.step()
def random_choice():
    """Draw one element; a replay gets the recorded result."""
    return random.choice([1, 2, 3])


@DBOS.step()
def random_integer(each) -> int:
    """Draw a random integer; a replay gets the recorded result."""
    return random.randint(0, each)


@DBOS.step()
def read_mode() -> str:
    """Read MODE from the environment; a replay gets the recorded result."""
    return os.environ["MODE"]


@DBOS.step()
def read_region() -> str:
    """Read REGION from the environment; a replay gets the recorded result."""
    return os.getenv("REGION", "eu")


@DBOS.step()
def read_debug() -> bool:
    """Read DEBUG from the environment; a replay gets the recorded result."""
    return "DEBUG" in os.environ


@DBOS.step()
def read_file() -> str:
    """Read a file; a replay gets the recorded result."""
    return (FOLDER / "a.txt").read_text()


@DBOS.step()
def list_folder() -> list[str]:
    """List a folder; a replay gets the recorded result."""
    return os.listdir("data")


@DBOS.step()
def fetch(order: dict[str, str]):
    """Fetch from the network; a replay gets the recorded result."""
    return requests.get(order["url"], timeout=5).json()


@DBOS.step()
def send_request(json) -> None:
    """Send a request; a replay gets the recorded result."""
    requests.post("https://example.com", json=json)


@DBOS.step()
def fetch_2(order: dict[str, str], timeout):
    """Fetch from the network; a replay gets the recorded result."""
    return requests.get(
        order["url"],
        # why it is short
        timeout=timeout,
    ).text


# This comment belongs to the workflow.
@DBOS.workflow()
def place(order: dict[str, str], count: int) -> str:
    """Reads the world in many ways."""
    started = current_time_2()
    created = current_datetime().isoformat()
    number = new_uuid().hex
    second = new_uuid().hex
    lucky = random_choice()
    some = [random_integer(each) for each in range(count)]
    mode = read_mode()
    region = read_region()
    known = read_debug()
    text = read_file()
    names = list_folder()
    body = fetch(order)
    send_request(describe(order))
    wide = fetch_2(order, time_limit(
            count
        ))
    return f"{started}{created}{number}{second}{lucky}{some}{mode}{region}{known}{text}{names}{body}{wide}"


def describe(order: dict[str, str]) -> str:
    """A helper."""
    return str(order)


def time_limit(count: int) -> float:
    """A helper."""
    return float(count)


@DBOS.step()
async def new_token() -> str:
    """Make a token; a replay gets the recorded result."""
    import secrets as entropy

    return entropy.token_hex(8)


@DBOS.step()
async def current_datetime_async() -> clock:
    """Read the clock; a replay gets the recorded result."""
    return clock.now(UTC)


@DBOS.step()
async def current_time_async() -> float:
    """Read the clock; a replay gets the recorded result."""
    return time.time()


@DBOS.step()
async def hash_value(head) -> int:
    """Hash a value; a replay gets the recorded result."""
    return hash(head)


@DBOS.workflow()
async def place_async(order_id: str) -> float:
    """The same in a coroutine."""
    import secrets as entropy

    token = await new_token()
    day = (await current_datetime_async()).weekday()
    match order_id:
        case "a":
            return len(token) + day + await current_time_async()
        case [head, *rest]:
            return await hash_value(head) + len(rest)
    return 0.0


@DBOS.step()
def fetch_3(url, weight: int):
    """Fetch from the network; a replay gets the recorded result."""
    return requests.get(url, params={"w": weight}).text


@DBOS.step()
def fetch_4(address):
    """Fetch from the network; a replay gets the recorded result."""
    return requests.get(address).text


class Shop:
    """Methods."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder

    def price(self, weight: int) -> int:
        """Asks the network."""
        url = f"{self.address}/{weight}"
        answer = fetch_3(url, weight)
        direct = fetch_4(self.address)
        return len(answer + direct)
