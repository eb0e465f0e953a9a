"""Exceptions that cannot be made again from what is stored of them."""

from dbos import DBOS


class TwoArguments(Exception):
    def __init__(self, code: int, text: str) -> None:  # flags: DBS853:warning
        super().__init__(text)
        self.code = code


class NoSuperArguments(Exception):
    def __init__(self, name: str) -> None:  # flags: DBS853:warning
        super().__init__()
        self.name = name


class Formatted(ValueError):
    def __init__(self, name: str, count: int) -> None:  # flags: DBS853:warning
        super().__init__(f"{name}: {count}")


class KeywordOnly(Exception):
    def __init__(self, *, reason: str) -> None:  # flags: DBS853:warning
        super().__init__(reason)


class Base(Exception):
    pass


class Derived(Base):
    def __init__(self, order_id: str, amount: int, text: str) -> None:  # flags: DBS853:warning
        super().__init__(order_id, amount)
        self.text = text


class Reordered(Exception):
    def __init__(self, first: str, second: str) -> None:  # flags: DBS853:warning
        super().__init__(second, first, "extra")


@DBOS.step()
def raises(name: str) -> str:
    match name:
        case "two":
            raise TwoArguments(5, "text")
        case "none":
            raise NoSuperArguments(name)
        case "formatted":
            raise Formatted(name, 3)
        case "keyword":
            raise KeywordOnly(reason=name)
        case "derived":
            raise Derived(name, 5, "text")
    raise Reordered(name, name)
