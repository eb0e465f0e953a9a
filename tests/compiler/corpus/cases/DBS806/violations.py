"""Work that is no database work, inside a transaction."""

import time
import subprocess
from pathlib import Path

import requests

from dbos import DBOS


def notify(name: str) -> None:
    requests.post("https://example.com", json={"name": name})  # flags: DBS806:warning


class Shop:
    @DBOS.transaction()
    def sell(self, name: str) -> str:
        DBOS.sql_session.execute("INSERT")
        return requests.get("https://example.com").text  # flags: DBS806:warning


@DBOS.transaction()
def posts(name: str) -> int:
    DBOS.sql_session.execute("INSERT")
    return requests.post("https://example.com").status_code  # flags: DBS806:warning


@DBOS.transaction()
def by_helper(name: str) -> None:
    DBOS.sql_session.execute("INSERT")
    notify(name)


@DBOS.transaction()
def sleeps(name: str) -> None:
    DBOS.sql_session.execute("INSERT")
    time.sleep(1)  # flags: DBS806:warning


@DBOS.transaction()
def reads_a_file(name: str) -> str:
    DBOS.sql_session.execute("INSERT")
    return Path(name).read_text()  # flags: DBS806:warning


@DBOS.transaction()
def runs(name: str) -> int:
    DBOS.sql_session.execute("INSERT")
    return subprocess.run([name]).returncode  # flags: DBS806:warning
