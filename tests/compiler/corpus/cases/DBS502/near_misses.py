"""Elements that are the same everywhere."""

from collections import deque

from dbos import DBOS


@DBOS.step()
def ship(name: object) -> str:
    return f"shipped {name}"


@DBOS.step()
def any_of(names: set[str]) -> str:
    return next(iter(names))


class Pool:
    def __init__(self, names: list[str]) -> None:
        self.free = list(names)

    def pop(self) -> str:
        return self.free.pop()


@DBOS.workflow()
def smallest(names: set[str]) -> str:
    return ship(min(names))


@DBOS.workflow()
def last_of_a_list(names: list[str]) -> str:
    return ship(names.pop())


@DBOS.workflow()
def newest_item(values: dict[str, int]) -> str:
    key, value = values.popitem()
    ship(value)
    return key


@DBOS.workflow()
def first_key(values: dict[str, int]) -> str:
    return ship(next(iter(values)))


@DBOS.workflow()
def own_pop(names: list[str]) -> str:
    return ship(Pool(names).pop())


@DBOS.workflow()
def ordered_first(names: set[str]) -> str:
    name = sorted(names)[0]
    return ship(name)


@DBOS.workflow()
def discarded(names: set[str]) -> int:
    names.discard("alpha")
    ship(len(names))
    return len(names)


@DBOS.workflow()
def from_a_step(names: set[str]) -> str:
    waiting = deque([any_of(names)])
    return ship(waiting.popleft())
