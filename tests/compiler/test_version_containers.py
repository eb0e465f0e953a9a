"""Versions: what Python calls on the things in a container, without anybody writing its name."""

from __future__ import annotations

import pytest

from dbos_build.versions import compute
from support.analysis import analyse

PROGRAM = """\
from dataclasses import dataclass

from dbos import DBOS


@dataclass
class Price:
    net: int

    def {method}(self, *other: object) -> object:
        return {value}


@DBOS.step()
def price_of(amount: int) -> Price:
    return Price(amount)


@DBOS.workflow()
def checkout(amount: int) -> object:
    price = price_of(amount)
    items = [1]
    items.append(price)
    return {expression}
"""
CALLS = [
    ("__lt__", "min([price, price_of(2)])"),
    ("__lt__", "sorted(price_of(each) for each in range(3))"),
    ("__lt__", "max(items)"),
    ("__eq__", "[price] == [price_of(2)]"),
    ("__eq__", "items == (price,)"),
    ("__eq__", "(price, 1) in [(price_of(2), 1)]"),
    ("__hash__", "{price, 1} == {1}"),
    ("__repr__", 'f"{[price]}"'),
    ("__repr__", "str(items)"),
    ("__add__", "sum([price, 1], 0)"),
    ("__bool__", "any([price])"),
    ("__bool__", "all(each for each in items)"),
]


def version(method: str, value: str, expression: str) -> str:
    """The version of the workflow whose items have such a method."""
    text = PROGRAM.replace("{method}", method).replace("{value}", value)
    program = analyse(text.replace("{expression}", expression))
    return compute(program).workflows["checkout"].version


@pytest.mark.parametrize(("method", "expression"), CALLS)
def test_what_is_called_on_the_items_of_a_container_counts(method: str, expression: str) -> None:
    assert version(method, "1", expression) != version(method, "2", expression)


@pytest.mark.parametrize("expression", ["min([1, 2])", "[1] == [2]", "f'{[1, 2]}'", "price.net"])
def test_containers_of_plain_values_call_nothing_of_ours(expression: str) -> None:
    for method in ("__lt__", "__eq__", "__repr__"):
        assert version(method, "1", expression) == version(method, "2", expression)
