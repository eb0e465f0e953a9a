"""Containers that belong to the call, and shared ones that are only read."""

from copy import copy
from types import SimpleNamespace

from dbos import DBOS

PRICES = {"tea": 300, "cake": 450}
NAMES = ["a", "b"]
CACHE: dict[str, int] = {}
STEPS_SEEN: list[str] = []


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def remember(name: str) -> int:
    STEPS_SEEN.append(name)
    return len(STEPS_SEEN)


class Basket:
    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, name: str) -> None:
        self.names.append(name)


def fill(cache: dict[str, int], name: str) -> None:
    cache[name] = len(name)


@DBOS.workflow()
def parameter_of_that_name(name: str) -> int:
    CACHE = {}
    CACHE[name] = 1
    save(name, CACHE)
    return len(CACHE)


@DBOS.workflow()
def only_read(name: str) -> int:
    price = PRICES.get(name, PRICES["tea"])
    save(name, price)
    return price


@DBOS.workflow()
def copied(name: str) -> list[str]:
    names = list(NAMES)
    names.append(name)
    prices = copy(PRICES)
    prices[name] = 1
    save(name, (names, prices))
    return names


@DBOS.workflow()
def own_object(name: str) -> list[str]:
    basket = Basket()
    basket.add(name)
    save(name, basket.names)
    return basket.names


@DBOS.workflow()
def filled_by_a_helper(name: str) -> int:
    cache: dict[str, int] = {}
    fill(cache, name)
    save(name, cache)
    return cache[name]


@DBOS.workflow()
def step_changes_it(name: str) -> int:
    return remember(name)


@DBOS.workflow()
def own_namespace(name: str) -> int:
    state = SimpleNamespace(runs=0)
    state.runs += 1
    save(name, state.runs)
    return state.runs


@DBOS.workflow()
def new_list(name: str) -> list[str]:
    names = [*NAMES, name]
    names.sort()
    save(name, names + NAMES)
    return names


class Refused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REFUSED: list[Refused] = []


def refused(name: str) -> Refused:
    return Refused(name + " is closed")


@DBOS.step()
def note_refusal(name: str) -> int:
    REFUSED.append(refused(name))
    return len(REFUSED)


@DBOS.workflow()
def fills_what_it_makes(name: str) -> str:
    note_refusal(name)
    return refused(name).reason


class Ledger:
    def __init__(self, name: str) -> None:
        self.name = name
        self._open()

    def _open(self) -> None:
        self.rows: list[str] = []
        self._note("opened")

    def _note(self, text: str) -> None:
        self.rows.append(f"{self.name} {text}")
        self.last = text


LEDGERS: list[Ledger] = []


def ledger(name: str) -> Ledger:
    return Ledger(name)


@DBOS.step()
def note_ledger(name: str) -> int:
    LEDGERS.append(ledger(name))
    return len(LEDGERS)


@DBOS.workflow()
def constructors_that_call_methods(name: str) -> list[str]:
    note_ledger(name)
    return ledger(name).rows


def counter(name: str):
    count = 0

    def count_up() -> int:
        nonlocal count
        count += len(name)
        return count

    return count_up


@DBOS.workflow()
def variables_of_its_own_functions(names: list[str]) -> int:
    total = 0

    def add(name: str) -> None:
        nonlocal total
        total += len(name)

    for name in names:
        add(name)
    count_up = counter("abc")
    save("total", total)
    return count_up() + count_up()
