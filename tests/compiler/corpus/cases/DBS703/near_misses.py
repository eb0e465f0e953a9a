"""Attributes by literal names, tables of functions, and names that are only data."""

import ast

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def evaluate(formula: str) -> object:
    return eval(formula)


def upper(name: str) -> str:
    return name.upper()


def lower(name: str) -> str:
    return name.lower()


class Order:
    state = "new"

    def label(self) -> str:
        return f"order {self.state}"

    def eval(self, name: str) -> str:
        return name


ACTIONS = {"upper": upper, "lower": lower}


@DBOS.workflow()
def literal_attribute(name: str) -> str:
    state = getattr(Order(), "state")
    save(name, state)
    return getattr(Order(), "label")()


@DBOS.workflow()
def attribute_as_data(name: str) -> object:
    value = getattr(Order(), name, None)
    save(name, value)
    return value


@DBOS.workflow()
def table(name: str) -> str:
    action = ACTIONS.get(name, upper)
    save(name, action(name))
    return ACTIONS["lower"](name)


@DBOS.workflow()
def literals_only(text: str = "[1, 2]") -> object:
    value = ast.literal_eval(text)
    save("value", value)
    return value


@DBOS.workflow()
def in_a_step(formula: str = "1 + 1") -> object:
    return evaluate(formula)


@DBOS.workflow()
def own_eval(name: str) -> str:
    save(name, Order().eval(name))
    return Order().eval(name)
