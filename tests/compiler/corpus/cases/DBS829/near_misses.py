"""Transactions with a database, and steps with an effect."""

import random
import time

import requests

from dbos import DBOS


def insert(name: str) -> None:
    DBOS.sql_session.execute("INSERT", {"name": name})


@DBOS.transaction()
def stores(name: str) -> None:
    DBOS.sql_session.execute("INSERT")


@DBOS.transaction()
def by_helper(name: str) -> None:
    insert(name)


@DBOS.step()
def clock() -> float:
    return time.time()


@DBOS.step()
def chance() -> float:
    return random.random()


@DBOS.step()
def network(name: str) -> str:
    return requests.get(name).text


@DBOS.step()
def unknown(client, name: str) -> str:
    return client.charge(name)


@DBOS.transaction()
def in_a_variable(name: str) -> object:
    session = DBOS.sql_session
    return session.execute("SELECT 1").scalar()
