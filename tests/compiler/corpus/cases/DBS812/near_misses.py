"""Durable functions with an address: functions and methods at the top."""

from dbos import DBOS


@DBOS.workflow()
def top(name: str) -> str:
    return name


class Shop:
    @staticmethod
    @DBOS.workflow()
    def static(name: str) -> str:
        return name

    @classmethod
    @DBOS.workflow()
    def of_class(cls, name: str) -> str:
        return name

    class Counter:
        @staticmethod
        @DBOS.step()
        def count(name: str) -> int:
            return len(name)


def plain(name: str) -> str:
    return name.upper()


call_form = DBOS.workflow()(plain)

@DBOS.step(name="renamed")
def pinned_name(name: str) -> str:
    return name


alias = pinned_name


@DBOS.workflow()
def nested_plain(name: str) -> str:
    def helper(value: str) -> str:
        return value

    return helper(name)


def counting(unit: int) -> object:
    @DBOS.step(name="count-in-units")
    def count_in_units(name: str) -> int:
        return len(name) // unit

    return count_in_units


@DBOS.workflow()
def step_of_a_factory(name: str) -> object:
    return counting(2)(name)


def configured_step(options: dict) -> object:
    @DBOS.step(**options)
    def run(name: str) -> str:
        return name

    return run
