"""Workflows under every form in which programs apply the decorator."""

import random

import dbos
from dbos import DBOS
from dbos import DBOS as D

application = DBOS()
workflow = DBOS.workflow
named = DBOS.workflow(name="called by this name")
FAST = True
either = DBOS.workflow if FAST else dbos.DBOS.workflow


def durable(function):
    return DBOS.workflow()(function)


@dbos.DBOS.workflow()
def by_module(name: str) -> float:
    return random.random()  # flags: DBS101


@D.workflow()
def by_alias(name: str) -> float:
    return random.random()  # flags: DBS101


@application.workflow()
def by_instance(name: str) -> float:
    return random.random()  # flags: DBS101


@workflow()
def by_variable(name: str) -> float:
    return random.random()  # flags: DBS101


@named
def by_made_decorator(name: str) -> float:
    return random.random()  # flags: DBS101


@either()
def by_condition(name: str) -> float:
    return random.random()  # flags: DBS101


@durable
def by_wrapper(name: str) -> float:
    return random.random()  # flags: DBS101


def plain(name: str) -> float:
    return random.random()  # flags: DBS101


by_call = DBOS.workflow()(plain)


@DBOS.scheduled("* * * * *")
@DBOS.workflow()
def on_schedule(scheduled, actual) -> float:
    return random.random()  # flags: DBS101


class Shop:
    @staticmethod
    @DBOS.workflow()
    def static(name: str) -> float:
        return random.random()  # flags: DBS101

    @classmethod
    @DBOS.workflow()
    def of_class(cls, name: str) -> float:
        return random.random()  # flags: DBS101
