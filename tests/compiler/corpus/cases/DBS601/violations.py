"""Globals that a workflow binds again: the next process starts with the old value."""

from dbos import DBOS

RUNS = 0
LAST = "none"
TOTAL = 0
OPEN = False
NAMES: tuple[str, ...] = ()
COUNTER = 0
SEEN = 0


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def next_number() -> int:
    global COUNTER
    COUNTER += 1  # flags: DBS601
    return COUNTER


class Tracker:
    def track(self, name: str) -> tuple[str, ...]:
        global NAMES
        NAMES = (*NAMES, name)  # flags: DBS601
        return NAMES


@DBOS.workflow()
def counted(name: str) -> int:
    global RUNS
    RUNS += 1  # flags: DBS601
    save(name, RUNS)
    return RUNS


@DBOS.workflow()
def remembered(name: str) -> str:
    global LAST
    before, LAST = LAST, name  # flags: DBS601
    save(name, before)
    return before


@DBOS.workflow()
def summed(amount: int) -> int:
    global TOTAL
    TOTAL = TOTAL + amount  # flags: DBS601
    save("total", TOTAL)
    return TOTAL


@DBOS.workflow()
def opened(name: str) -> str:
    global OPEN
    if not OPEN:
        save(name, "first")
    OPEN = True  # flags: DBS601
    return name


@DBOS.workflow()
def by_helper(name: str) -> int:
    number = next_number()
    save(name, number)
    return number


@DBOS.workflow()
def by_method(name: str) -> int:
    names = Tracker().track(name)
    save(name, names)
    return len(names)


@DBOS.workflow()
def in_a_nested_function(names: list[str]) -> int:
    def see() -> None:
        global SEEN
        SEEN += 1  # flags: DBS601

    for _ in names:
        see()
    save("seen", SEEN)
    return SEEN
