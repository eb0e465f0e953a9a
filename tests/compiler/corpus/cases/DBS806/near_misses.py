"""Transactions that compute, and stamp what they store."""

import json
import uuid
from datetime import UTC, datetime

import requests

from dbos import DBOS


@DBOS.step()
def post(name: str) -> int:
    return requests.post("https://example.com").status_code


def price(name: str) -> int:
    return len(name) * 100


@DBOS.transaction()
def computes(name: str) -> int:
    DBOS.sql_session.execute("INSERT", {"price": price(name)})
    return price(name)


@DBOS.transaction()
def encodes(name: str) -> str:
    text = json.dumps({"name": name})
    DBOS.sql_session.execute("INSERT", {"text": text})
    return text


@DBOS.transaction()
def stamps(name: str) -> str:
    now = datetime.now(UTC).isoformat()
    DBOS.sql_session.execute("INSERT", {"at": now})
    return now


@DBOS.transaction()
def identifies(name: str) -> str:
    key = str(uuid.uuid4())
    DBOS.sql_session.execute("INSERT", {"key": key})
    return key


@DBOS.transaction()
def logs(name: str) -> str:
    DBOS.logger.info("storing %s", name)
    DBOS.sql_session.execute("INSERT")
    return name


@DBOS.workflow()
def one_after_the_other(name: str) -> int:
    computes(name)
    return post(name)
