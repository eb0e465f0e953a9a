from __future__ import annotations

import time

import requests
from dbos import DBOS
from sqlalchemy import text


@DBOS.step()
def step(name: str) -> str:
    return name


def helper(name: str) -> None:
    DBOS.sql_session.execute(text("update t set a = :a"), {"a": name})  # flags: DBS805


def slow(name: str) -> str:
    return requests.get(f"https://x/{name}").text  # flags: DBS806


@DBOS.transaction()
def writes(name: str) -> str:
    helper(name)
    with DBOS.sql_session.begin_nested():
        helper(name)
    return slow(name)


@DBOS.transaction()
def commits(name: str) -> None:
    session = DBOS.sql_session
    session.execute(text("select 1"))
    session.commit()  # flags: DBS807


@DBOS.transaction()
async def asynchronous(name: str) -> str:  # flags: DBS808
    return name


@DBOS.transaction()
def nested(name: str) -> str:
    commits(name)  # flags: DBS802
    time.sleep(1)  # flags: DBS806
    return name


@DBOS.workflow()
def workflow(name: str) -> str:
    writes(name)
    helper(name)
    return nested(name)
