from __future__ import annotations

import os
import random
import time

import dbos

from durable import Engine, app, engine, step, tx, workflow


@step()
def one(name: str) -> str:
    return f"{name}{time.time()}"


@tx
def two(name: str) -> str:
    dbos.DBOS.sql_session.execute("INSERT INTO names VALUES (:name)", {"name": name})
    return name


@Engine.step
def three(name: str) -> str:
    return f"{name}{random.random()}"


@engine.task(attempts=5)
def four(name: str) -> str:
    return f"{name}{os.getpid()}"


@workflow()
def by_alias(name: str) -> str:
    return one(name) + str(time.time())  # flags: DBS001


@app.workflow()
def by_instance(name: str) -> str:
    return two(name) + str(random.random())  # flags: DBS101


@dbos.DBOS.workflow()
def by_module(name: str) -> str:
    return three(name) + os.environ["HOME"]  # flags: DBS301


@Engine.workflow
def by_class(name: str) -> str:
    return four(name) + str(os.getpid())  # flags: DBS303


@engine.flow
def by_method(name: str) -> str:
    return one(name) + str(time.time_ns())  # flags: DBS001


def plain(name: str) -> str:
    return three(name) + str(random.randint(1, 6))  # flags: DBS101


called = dbos.DBOS.workflow(name="called")(plain)


for_testing = [by_alias, by_instance, by_module, by_class, by_method, called]


def not_durable(name: str) -> str:
    return name + str(time.time()) + os.environ["HOME"]
