"""Values whose class or function exists only inside a function."""

from dataclasses import dataclass
from enum import Enum

from dbos import DBOS


@DBOS.step()
def save(value: object) -> None:
    """Store a value."""
    DBOS.logger.info("%s", value)


@DBOS.step()
def local_class(name: str) -> object:
    class Order:
        def __init__(self, name: str) -> None:
            self.name = name

    return Order(name)  # flags: DBS852


@DBOS.step()
def local_dataclass(name: str) -> object:
    @dataclass
    class Line:
        name: str

    line = Line(name)
    return line  # flags: DBS852


@DBOS.step()
def local_function(name: str) -> object:
    def greet() -> str:
        return name

    return greet  # flags: DBS852


@DBOS.workflow()
def as_argument(name: str) -> str:
    class Note:
        text = "note"

    save(Note())  # flags: DBS852
    return name


@DBOS.workflow()
def as_event(name: str) -> str:
    class State(Enum):
        NEW = "new"

    DBOS.set_event("state", State.NEW)  # flags: DBS852
    return name


@DBOS.workflow()
def in_a_list(name: str) -> list[object]:
    class Entry:
        pass

    return [Entry()]  # flags: DBS852
