"""Libraries about which nothing is known; reported with --strict."""

import newlib
from newlib import transform
from newlib.clients import Engine
from otherlib import nested as alias

from dbos import DBOS

RUNNABLE = False
engine = Engine()


def helper(name: str) -> object:
    return newlib.prepare(name)  # flags: DBS705


class Runner:
    def __init__(self) -> None:
        self.engine = Engine()  # flags: DBS705

    def run(self, name: str) -> object:
        return self.engine.run(name)  # flags: DBS705


@DBOS.workflow()
def module_function(name: str) -> object:
    return newlib.do(name)  # flags: DBS705


@DBOS.workflow()
def imported_function(name: str) -> object:
    return transform(name)  # flags: DBS705


@DBOS.workflow()
def by_helper(name: str) -> object:
    return helper(name)


@DBOS.workflow()
def by_object(name: str) -> object:
    return Runner().run(name)


@DBOS.workflow()
def module_object(name: str) -> object:
    return engine.run(name)  # flags: DBS705


@DBOS.workflow()
def by_alias(name: str) -> object:
    return alias.deep.call(name)  # flags: DBS705
