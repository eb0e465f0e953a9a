"""Sets that are sorted first, or that stay sets."""

from dbos import DBOS


@DBOS.step()
def store(names: object) -> int:
    return 1


@DBOS.step()
def unique(names: list[str]) -> list[str]:
    return list(set(names))


def ordered(names: set[str]) -> list[str]:
    return sorted(names)


@DBOS.workflow()
def sorted_argument(names: list[str]) -> int:
    return store(sorted({*names, "extra"}))


@DBOS.workflow()
def sorted_by_helper(names: set[str]) -> list[str]:
    store(len(names))
    return ordered(names)


@DBOS.workflow()
def in_a_step(names: list[str]) -> int:
    return store(unique(names))


@DBOS.workflow()
def sorted_afterwards(names: set[str]) -> int:
    rows = list(names)
    rows.sort()
    return store(rows)


@DBOS.workflow()
def list_of_a_dictionary(values: dict[str, int]) -> int:
    return store(list(values))


@DBOS.workflow()
def stays_a_set(names: list[str]) -> set[str]:
    distinct = set(names)
    store(distinct)
    return distinct


@DBOS.workflow()
def only_the_size(names: set[str]) -> int:
    return store(len(list(names)))
