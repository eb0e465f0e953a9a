"""Looking at code, not at the state of the interpreter."""

import inspect
import traceback
import warnings

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def report(name: str) -> str:
    try:
        return name[100]
    except IndexError:
        return traceback.format_exc()


class Bin:
    def collect(self) -> int:
        return 3

    def ref(self) -> str:
        return "reference"


def stack(names: list[str]) -> list[str]:
    return names[::-1]


@DBOS.workflow()
def signature(name: str) -> int:
    count = len(inspect.signature(stack).parameters)
    save(name, count)
    return count


@DBOS.workflow()
def kind_of(name: str) -> bool:
    return inspect.isfunction(stack)


@DBOS.workflow()
def in_a_step(name: str) -> bool:
    return "IndexError" in report(name)


@DBOS.workflow()
def own_bin(name: str) -> str:
    bin = Bin()
    save(name, bin.collect())
    return bin.ref()


@DBOS.workflow()
def own_stack(names: list[str]) -> list[str]:
    save("names", stack(names))
    return stack(names)


@DBOS.workflow()
def error_message(name: str) -> str:
    try:
        save(name, "x")
    except ValueError as error:
        return str(error)
    return name


@DBOS.workflow()
def silences_warnings(name: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return name.upper()
