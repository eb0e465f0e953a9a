"""Containers and objects of the module that a workflow changes."""

from collections import Counter, defaultdict, deque
from types import SimpleNamespace

from dbos import DBOS

CACHE: dict[str, int] = {}
HISTORY: list[str] = []
SEEN = set()
COUNTS = Counter()
GROUPS: defaultdict[str, list[str]] = defaultdict(list)
RECENT: deque[str] = deque(maxlen=100)
STATE = SimpleNamespace(runs=0)


class Registry:
    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, name: str) -> int:
        self.names.append(name)  # flags: DBS602
        return len(self.names)


REGISTRY = Registry()


class Totals:
    amounts: dict[str, int] = {}


@DBOS.step()
def price(name: str) -> int:
    return len(name)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def remember(name: str) -> None:
    HISTORY.append(name)  # flags: DBS602


@DBOS.workflow()
def cached(name: str) -> int:
    if name not in CACHE:
        CACHE[name] = price(name)  # flags: DBS602
    return CACHE[name]


@DBOS.workflow()
def history(name: str) -> int:
    remember(name)
    save(name, len(HISTORY))
    return 1


@DBOS.workflow()
def seen_before(name: str) -> bool:
    if name in SEEN:
        return True
    SEEN.add(name)  # flags: DBS602
    save(name, "new")
    return False


@DBOS.workflow()
def counts(name: str) -> int:
    COUNTS[name] += 1  # flags: DBS602
    save(name, COUNTS[name])
    return 1


@DBOS.workflow()
def groups(name: str) -> int:
    GROUPS["all"].append(name)  # flags: DBS602
    save(name, len(GROUPS["all"]))
    return 1


@DBOS.workflow()
def attribute(name: str) -> int:
    STATE.runs += 1  # flags: DBS602
    save(name, STATE.runs)
    return 1


@DBOS.workflow()
def through_an_object(name: str) -> int:
    count = REGISTRY.add(name)
    save(name, count)
    return count


@DBOS.workflow()
def class_container(name: str) -> int:
    Totals.amounts[name] = Totals.amounts.get(name, 0) + 1  # flags: DBS602
    save(name, Totals.amounts[name])
    return 1


@DBOS.workflow()
def through_an_alias(name: str) -> int:
    recent = RECENT
    recent.append(name)  # flags: DBS602
    save(name, len(recent))
    return 1


class Tally:
    def __init__(self) -> None:
        self.count = 0
        self.step_up()

    def step_up(self) -> None:
        self.count += 1  # flags: DBS602


TALLY = Tally()


@DBOS.workflow()
def method_of_constructor_and_workflow(name: str) -> int:
    TALLY.step_up()
    return TALLY.count


def counter(name: str):
    count = 0

    def count_up() -> int:
        nonlocal count
        count += len(name)  # flags: DBS602
        return count

    return count_up


COUNT_UP = counter("ab")


@DBOS.workflow()
def variable_of_a_function_that_ran_at_import(name: str) -> int:
    count = COUNT_UP()
    save(name, count)
    return count


class Ledger:
    known: dict[str, int] = {}
    names: list[str] = []

    def note(self, name: str) -> int:
        type(self).known[name] = len(type(self).known)  # flags: DBS602
        self.__class__.names.append(name)  # flags: DBS602
        return len(self.names)


@DBOS.workflow()
def containers_of_the_class_of_an_object(name: str) -> int:
    count = Ledger().note(name)
    save(name, count)
    return count
