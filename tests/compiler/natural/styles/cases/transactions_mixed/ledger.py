from __future__ import annotations

import json
import smtplib

import requests
from dbos import DBOS
from sqlalchemy import insert, text


def audit(entry: str) -> None:
    requests.post("https://audit.example", json={"entry": entry})  # flags: DBS806


def entries() -> list[str]:
    return [row[0] for row in DBOS.sql_session.execute(text("SELECT name FROM entries"))]


@DBOS.step()
def notify(name: str) -> None:
    smtplib.SMTP("mail").sendmail("a@x", [name], "hello")


@DBOS.transaction()
def post(name: str, cents: int) -> int:
    DBOS.sql_session.execute(
        text("INSERT INTO entries VALUES (:name, :cents)"), {"name": name, "cents": cents}
    )
    return len(entries())


@DBOS.transaction()
def post_audited(name: str) -> None:
    DBOS.sql_session.execute(text("DELETE FROM entries"))
    audit(json.dumps({"name": name}))


@DBOS.transaction()
def post_and_commit(name: str) -> None:
    session = DBOS.sql_session
    session.execute(text("DELETE FROM entries"))
    session.commit()  # flags: DBS807


@DBOS.transaction(isolation_level="READ COMMITTED")
def post_and_notify(name: str) -> None:
    DBOS.sql_session.execute(text("DELETE FROM entries"))
    notify(name)  # flags: DBS802


@DBOS.transaction()
def post_built(name: str) -> None:
    DBOS.sql_session.execute(text(f"DELETE FROM entries WHERE name = '{name}'"))  # flags: DBS830


@DBOS.transaction()
def post_nested(name: str) -> None:
    with DBOS.sql_session.begin_nested():
        DBOS.sql_session.execute(text("DELETE FROM entries WHERE name = :n"), {"n": name})


@DBOS.workflow()
def transfer(name: str, cents: int) -> int:
    count = post(name, cents)
    post_nested(name)
    notify(name)
    return count


@DBOS.workflow()
def transfer_raw(name: str) -> int:
    DBOS.sql_session.execute(text("SELECT 1"))  # flags: DBS805
    return len(name)


@DBOS.workflow()
def transfer_all(names: list[str]) -> None:
    for name in names:
        post_audited(name)
        post_and_commit(name)
        post_and_notify(name)
        post_built(name)


@DBOS.step()
def retry_all(names: list[str]) -> None:
    for name in names:
        transfer(name, 1)  # flags: DBS801
