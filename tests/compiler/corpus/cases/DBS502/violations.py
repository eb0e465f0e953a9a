"""Some element of a set: each process takes another one."""

from dbos import DBOS


@DBOS.step()
def ship(name: object) -> str:
    return f"shipped {name}"


def some(names: set[str]) -> str:
    return next(iter(names))  # flags: DBS502


class Pool:
    def __init__(self, names: list[str]) -> None:
        self.free = set(names)

    def take(self) -> str:
        return self.free.pop()  # flags: DBS502


@DBOS.workflow()
def popped(names: list[str]) -> str:
    waiting = set(names)
    name = waiting.pop()  # flags: DBS502
    return ship(name)


@DBOS.workflow()
def first(names: set[str]) -> str:
    name = next(iter(names))  # flags: DBS502
    return ship(name)


@DBOS.workflow()
def by_helper(names: set[str]) -> str:
    return ship(some(names))


@DBOS.workflow()
def from_a_pool(names: list[str]) -> str:
    return ship(Pool(names).take())


@DBOS.workflow()
def unpacked(names: set[str]) -> str:
    head, *_ = names  # flags: DBS502
    return ship(head)


@DBOS.workflow()
def indexed(names: set[str]) -> str:
    name = list(names)[0]  # flags: DBS502
    return ship(name)


@DBOS.workflow()
def until_empty(names: list[str]) -> int:
    waiting = {*names}
    while waiting:
        ship(waiting.pop())  # flags: DBS502
    return len(names)
