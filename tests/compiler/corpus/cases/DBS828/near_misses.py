"""Steps called inside workflows, also through plain code."""

from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.step()
def twice(name: str) -> str:
    return charge(name) + charge(name)


def helper(name: str) -> str:
    return charge(name)


class Shop:
    def sell(self, name: str) -> str:
        return charge(name)


@DBOS.workflow()
def direct(name: str) -> str:
    return charge(name)


@DBOS.workflow()
def by_helper(name: str) -> str:
    return helper(name)


@DBOS.workflow()
def by_method(name: str) -> str:
    return Shop().sell(name)


@DBOS.workflow()
def nested_steps(name: str) -> str:
    return twice(name)


def starts(name: str) -> str:
    return direct(name)


def only_named() -> str:
    return charge.__name__


@DBOS.workflow()
def mapped(names: list[str]) -> list[str]:
    return list(map(charge, names))
