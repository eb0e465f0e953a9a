"""Steps that give away their own state: what was recorded is not what is held."""

from dbos import DBOS

SHARED: list[str] = []
CACHE: dict[str, int] = {}


class Shop:
    def __init__(self) -> None:
        self.items: list[str] = []
        self.prices: dict[str, int] = {}

    @DBOS.step()
    def all_items(self) -> list[str]:
        return self.items  # flags: DBS855:warning

    @DBOS.step()
    def all_prices(self) -> dict[str, int]:
        return self.prices  # flags: DBS855:warning

    def add(self, name: str) -> None:
        self.items.append(name)
        self.prices[name] = 5


@DBOS.step()
def shared() -> list[str]:
    return SHARED  # flags: DBS855:warning


@DBOS.step()
def cached(name: str) -> dict[str, int]:
    CACHE[name] = len(name)
    return CACHE  # flags: DBS855:warning


@DBOS.step()
def argument(names: list[str]) -> list[str]:
    names.append("last")
    return names  # flags: DBS855:warning


@DBOS.step()
def through_a_variable() -> list[str]:
    result = SHARED
    return result  # flags: DBS855:warning


def fill(name: str) -> None:
    SHARED.append(name)


class Shelf:
    def __init__(self) -> None:
        self.books: list[str] = []


SHELF = Shelf()


@DBOS.step()
def put_on_the_shelf(name: str) -> list[str]:
    SHELF.books.append(name)
    return SHELF.books  # flags: DBS855:warning
