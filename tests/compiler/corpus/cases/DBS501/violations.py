"""Sets walked through: another process walks in another order."""

from collections.abc import Iterable

from dbos import DBOS

REGIONS = frozenset({"eu", "us", "asia", "africa"})


@DBOS.step()
def ship(name: str) -> str:
    return f"shipped {name}"


def unique(names: list[str]) -> set[str]:
    return set(names)


def joined(names: Iterable[str]) -> str:
    return ",".join(names)


class Basket:
    def __init__(self, names: list[str]) -> None:
        self.names = {name.lower() for name in names}

    def ship(self) -> None:
        for name in self.names:  # flags: DBS501
            ship(name)


@DBOS.workflow()
def literal() -> None:
    for name in {"alpha", "bravo", "charlie"}:  # flags: DBS501
        ship(name)


@DBOS.workflow()
def deduplicated(names: list[str]) -> None:
    for name in set(names):  # flags: DBS501
        ship(name)


@DBOS.workflow()
def of_a_helper(names: list[str]) -> list[str]:
    return [ship(name) for name in unique(names)]  # flags: DBS501


@DBOS.workflow()
def in_an_attribute(names: list[str]) -> str:
    Basket(names).ship()
    return "done"


@DBOS.workflow()
def first_match(names: set[str]) -> str:
    for name in names:  # flags: DBS501
        if len(name) > 4:
            return ship(name)
    return "none"


@DBOS.workflow()
def as_text(names: set[str]) -> str:
    text = ",".join(names)  # flags: DBS501
    ship(text)
    return text


@DBOS.workflow()
def everywhere() -> int:
    for number, region in enumerate(REGIONS):  # flags: DBS501
        ship(f"{number}-{region}")
    return len(REGIONS)


@DBOS.workflow()
def difference(names: set[str], gone: str) -> None:
    for name in names - {gone}:  # flags: DBS501
        ship(name)


@DBOS.workflow()
def collected(names: list[str]) -> list[str]:
    ordered: list[str] = []
    for name in {each.upper() for each in names}:  # flags: DBS501
        ordered.append(name)
    ship(ordered[0])
    return ordered


@DBOS.workflow()
def keys_of_a_dict(names: list[str]) -> None:
    lengths = {name: len(name) for name in set(names)}  # flags: DBS501
    for name in lengths:
        ship(name)
