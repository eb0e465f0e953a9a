"""With statements that move into steps as a whole."""

import csv
import json
import urllib.request
from pathlib import Path

import httpx

from dbos import DBOS


@DBOS.step()
def use_file(path: str, count):
    """Work with a file; a replay gets the recorded result."""
    with open(path, encoding="utf-8") as file:
        rows = []
        for row in csv.reader(file):
            if not row:
                continue
            rows.append(row)
            count += 1
        total = sum(float(row[1]) for row in rows)
    return total, count


@DBOS.workflow()
def totals(path: str, currency: str) -> str:
    """Reads in a block and goes on with what it read."""
    count = 0
    total, count = use_file(path, count)
    return f"{total} {currency} in {count} lines"


@DBOS.step()
def fetch(url) -> int:
    """Fetch from the network; a replay gets the recorded result."""
    with urllib.request.urlopen(url) as answer:
        return int(json.load(answer)["cents"])


@DBOS.step()
def use_file_2(text: str) -> None:
    """Work with a file; a replay gets the recorded result."""
    with Path("prices.txt").open("w") as file:
        file.write(text)


class Prices:
    """Methods."""

    def __init__(self, address: str) -> None:
        self.address = address

    def today(self, weight: int) -> int:
        """Ends in a return."""
        url = f"{self.address}?w={weight}"
        return fetch(url)

    def save(self, text: str) -> None:
        """Gives nothing."""
        use_file_2(text)


@DBOS.step()
async def fetch_async(urls: list[str]):
    """Fetch from the network; a replay gets the recorded result."""
    async with httpx.AsyncClient() as client:
        texts = []
        for url in urls:
            answer = await client.get(url)
            texts.append(answer.text)
    return texts


@DBOS.workflow()
async def fetch_all(urls: list[str]) -> list[str]:
    """A client of its own, in a coroutine."""
    texts = await fetch_async(urls)
    return texts
