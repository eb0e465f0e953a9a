"""Defaults that nobody can change, or that nobody does."""

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def joined(names: list[str] = ["a", "b"]) -> str:
    return ",".join(names)


def collect(name: str, found: list[str] | None = None) -> list[str]:
    found = [] if found is None else found
    found.append(name)
    return found


@DBOS.workflow()
def tuple_default(name: str, names: tuple[str, ...] = ()) -> int:
    save(name, len(names))
    return len(names)


@DBOS.workflow()
def only_read(name: str, limits: dict[str, int] = {"orders": 3}) -> int:
    save(name, limits["orders"])
    return limits.get(name, 0)


@DBOS.workflow()
def none_default(name: str, found: list[str] | None = None) -> list[str]:
    found = collect(name, found)
    save(name, found)
    return found


@DBOS.workflow()
def copied_first(name: str, names: list[str] = ["x"]) -> list[str]:
    names = [*names]
    names.append(name)
    save(name, names)
    return names


@DBOS.workflow()
def read_by_a_helper(name: str) -> str:
    save(name, joined())
    return joined()


@DBOS.workflow()
def frozen_default(name: str, tags: frozenset[str] = frozenset({"a"})) -> bool:
    save(name, name in tags)
    return name in tags
