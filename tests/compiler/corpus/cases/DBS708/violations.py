"""Heavy computing in a workflow: done again, in full, at every recovery."""

from dbos import DBOS

RUNNABLE = False
ROUNDS = 10_000_000


@DBOS.step()
def save(value: object) -> None:
    """Store a value."""


def heavy() -> int:
    total = 0
    for number in range(20_000_000):  # flags: DBS708:info
        total += number
    return total


class Simulation:
    def run(self) -> int:
        return sum(number * number for number in range(50_000_000))  # flags: DBS708:info


@DBOS.workflow()
def loop() -> int:
    total = 0
    for number in range(10**7):  # flags: DBS708:info
        total += number
    save(total)
    return total


@DBOS.workflow()
def named_bound() -> int:
    total = 0
    for number in range(ROUNDS):  # flags: DBS708:info
        total += number
    return total


@DBOS.workflow()
def by_helper() -> int:
    return heavy()


@DBOS.workflow()
def by_method() -> int:
    return Simulation().run()


@DBOS.workflow()
def listed() -> int:
    values = [number % 7 for number in range(30_000_000)]  # flags: DBS708:info
    return len(values)


@DBOS.workflow()
def nested() -> int:
    total = 0
    for row in range(10_000):
        for column in range(10_000):  # flags: DBS708:info
            total += row * column
    return total
