"""With statements that move into steps as a whole."""

import csv
import json
import urllib.request
from pathlib import Path

import httpx

from dbos import DBOS


@DBOS.workflow()
def totals(path: str, currency: str) -> str:
    """Reads in a block and goes on with what it read."""
    count = 0
    with open(path, encoding="utf-8") as file:  # fix DBS203: open(path, encoding="utf-8")
        rows = []
        for row in csv.reader(file):
            if not row:
                continue
            rows.append(row)
            count += 1
        total = sum(float(row[1]) for row in rows)
    return f"{total} {currency} in {count} lines"


class Prices:
    """Methods."""

    def __init__(self, address: str) -> None:
        self.address = address

    def today(self, weight: int) -> int:
        """Ends in a return."""
        url = f"{self.address}?w={weight}"
        with urllib.request.urlopen(url) as answer:  # fix DBS201: urllib.request.urlopen(url)
            return int(json.load(answer)["cents"])

    def save(self, text: str) -> None:
        """Gives nothing."""
        with Path("prices.txt").open("w") as file:  # fix DBS203: Path("prices.txt").open("w")
            file.write(text)


@DBOS.workflow()
async def fetch_all(urls: list[str]) -> list[str]:
    """A client of its own, in a coroutine."""
    async with httpx.AsyncClient() as client:
        texts = []
        for url in urls:
            answer = await client.get(url)  # fix DBS202: client.get(url)
            texts.append(answer.text)
    return texts
