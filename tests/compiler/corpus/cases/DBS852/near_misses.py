"""Classes and functions inside a function that never leave it."""

from dataclasses import dataclass

from dbos import DBOS


@dataclass
class Order:
    name: str


class Shop:
    @dataclass
    class Line:
        name: str


@DBOS.step()
def save(value: object) -> None:
    """Store a value."""
    DBOS.logger.info("%s", value)


@DBOS.step()
def top_class(name: str) -> Order:
    return Order(name)


@DBOS.step()
def class_in_a_class(name: str) -> object:
    return Shop.Line(name)


@DBOS.workflow()
def local_class_stays(name: str) -> str:
    class Builder:
        def build(self) -> str:
            return name

    return Builder().build()


@DBOS.workflow()
def local_function_stays(name: str) -> str:
    def shout() -> str:
        return name.upper()

    save(shout())
    return shout()


@DBOS.workflow()
def local_function_is_passed(names: list[str]) -> list[str]:
    def length(name: str) -> int:
        return len(name)

    return sorted(names, key=length)


@DBOS.workflow()
def attribute_of_local(name: str) -> str:
    class Note:
        text = "note"

    save(Note.text)
    return Note.text
