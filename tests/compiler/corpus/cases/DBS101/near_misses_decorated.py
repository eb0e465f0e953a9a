"""Steps under every form, and decorators that only sound durable."""

import random
from functools import wraps

import dbos
from dbos import DBOS
from dbos import DBOS as D

application = DBOS()
step = DBOS.step


class Other:
    @staticmethod
    def workflow():
        return lambda function: function


def durable_step(function):
    return DBOS.step()(function)


def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        DBOS.logger.info("calling")
        return function(*args, **kwargs)

    return wrapper


@dbos.DBOS.step()
def by_module() -> float:
    return random.random()


@D.step()
def by_alias() -> float:
    return random.random()


@application.step()
def by_instance() -> float:
    return random.random()


@step()
def by_variable() -> float:
    return random.random()


@durable_step
def by_wrapper() -> float:
    return random.random()


@logged
@DBOS.step()
def wrapped_outside() -> float:
    return random.random()


@DBOS.step()
@logged
def wrapped_inside() -> float:
    return random.random()


def plain() -> float:
    return random.random()


by_call = DBOS.step()(plain)


@Other.workflow()
def no_workflow() -> float:
    return random.random()


@DBOS.workflow()
def one_after_another(name: str) -> float:
    return by_module() + by_alias() + by_instance() + by_variable()


@DBOS.workflow()
def through_wrappers(name: str) -> float:
    return by_wrapper() + wrapped_outside() + wrapped_inside()


@DBOS.workflow()
def through_a_call(name: str) -> float:
    return by_call()


@logged
@DBOS.workflow()
def logged_workflow(name: str) -> float:
    return by_module()


@DBOS.workflow()
def nested_in_a_table(name: str) -> list[float]:
    return [draw() for draw in (by_module, by_alias, by_call)]


@DBOS.workflow()
def mapped(name: str) -> list[float]:
    draws = {"module": by_module, "alias": by_alias}
    return [draws[key]() for key in sorted(draws)]
