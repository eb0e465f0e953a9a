"""Libraries about which nothing is known, in steps; and libraries that are known."""

import json
import math

import newlib
from newlib import Options

from dbos import DBOS

RUNNABLE = False


@DBOS.step()
def transform(name: str) -> object:
    return newlib.transform(name)


@DBOS.transaction()
def store(name: str) -> object:
    return DBOS.sql_session.execute(newlib.statement(name))


def never_called(name: str) -> object:
    return newlib.do(name)


@DBOS.workflow()
def in_a_step(name: str) -> object:
    return transform(name)


@DBOS.workflow()
def in_a_transaction(name: str) -> object:
    return store(name)


@DBOS.workflow()
def standard_library(name: str) -> str:
    return json.dumps({"name": name, "root": math.sqrt(2)})


@DBOS.workflow()
def recorded(name: str) -> object:
    return DBOS.run_step({"name": "do"}, newlib.do, name)


@DBOS.workflow()
def only_annotation(name: str, options: "Options | None" = None) -> str:
    return name.upper()


@DBOS.workflow()
def only_an_exception(name: str) -> object:
    try:
        return transform(name)
    except newlib.Error:
        return None
