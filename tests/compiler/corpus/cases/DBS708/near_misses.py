"""Small loops, and heavy ones in steps."""

from dbos import DBOS

ROUNDS = 100


@DBOS.step()
def heavy() -> int:
    return sum(range(1000))


@DBOS.step()
def very_heavy() -> int:
    total = 0
    for number in range(20_000_000):
        total += number
        if total > 100:
            break
    return total


@DBOS.workflow()
def small_loop() -> int:
    return sum(number for number in range(100)) + heavy()


@DBOS.workflow()
def named_bound() -> int:
    total = heavy()
    for number in range(ROUNDS):
        total += number
    return total


@DBOS.workflow()
def in_a_step() -> int:
    return very_heavy()


@DBOS.workflow()
def over_inputs(names: list[str]) -> int:
    return len([name.upper() for name in names]) + heavy()


@DBOS.workflow()
def a_large_number() -> int:
    limit = 10_000_000
    return limit + heavy()


@DBOS.workflow()
def lazy_range() -> bool:
    heavy()
    return 5_000_000 in range(10_000_000)
