"""Mutable defaults: the second run in a process finds what the first left."""

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def collect(name: str, found: list[str] = []) -> list[str]:  # flags: DBS606
    found.append(name)
    return found


class Basket:
    def __init__(self, names: list[str] = []) -> None:  # flags: DBS606
        self.names = names

    def add(self, name: str) -> int:
        self.names.append(name)
        return len(self.names)


@DBOS.workflow()
def list_default(name: str, seen: list[str] = []) -> int:  # flags: DBS606
    seen.append(name)
    save(name, len(seen))
    return 1


@DBOS.workflow()
def dictionary_default(name: str, counts: dict[str, int] = {}) -> int:  # flags: DBS606
    counts[name] = counts.get(name, 0) + 1
    save(name, counts[name])
    return 1


@DBOS.workflow()
def set_default(name: str, seen: set[str] = set()) -> str:  # flags: DBS606
    if name not in seen:
        save(name, "new")
    seen.add(name)
    return name


@DBOS.workflow()
def by_helper(name: str) -> int:
    found = collect(name)
    save(name, len(found))
    return 1


@DBOS.workflow()
def by_constructor(name: str) -> int:
    count = Basket().add(name)
    save(name, count)
    return 1


@DBOS.workflow()
def keyword_only(name: str, *, log: list[str] = list()) -> int:  # flags: DBS606
    log += [name]
    save(name, len(log))
    return 1
