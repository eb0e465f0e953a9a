"""Locals with the names of globals, and globals that are only read, or bound elsewhere."""

from dbos import DBOS

RUNS = 0
LIMIT = 3
UPTIME = 0
fractions = None


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def counted_by_a_step(name: str) -> int:
    global UPTIME
    UPTIME += 1
    return UPTIME


def configure(limit: int) -> None:
    """The program's start-up; no workflow calls it."""
    global RUNS
    RUNS = limit


@DBOS.workflow()
def local_of_that_name(name: str) -> int:
    RUNS = 1
    RUNS += 1
    save(name, RUNS)
    return RUNS


@DBOS.workflow()
def only_read(name: str) -> int:
    global LIMIT
    save(name, LIMIT)
    return LIMIT


@DBOS.workflow()
def parameter(LIMIT: int) -> int:
    LIMIT += 1
    save("limit", LIMIT)
    return LIMIT


@DBOS.workflow()
def nonlocal_counter(names: list[str]) -> int:
    count = 0

    def add() -> None:
        nonlocal count
        count += 1

    for _ in names:
        add()
    save("count", count)
    return count


@DBOS.workflow()
def step_counts(name: str) -> int:
    return counted_by_a_step(name)


@DBOS.workflow()
def loop_variable(names: list[str]) -> int:
    total = 0
    for LIMIT in range(len(names)):
        total += LIMIT
    save("total", total)
    return total


def half() -> str:
    global fractions
    if fractions is None:
        import fractions
    return str(fractions.Fraction(1, 2))


@DBOS.workflow()
def imported_when_needed(name: str) -> str:
    save(name, half())
    return half()
