"""Sets whose order cannot escape, and collections that keep their order."""

from dbos import DBOS

REGIONS = {"eu", "us", "asia"}


@DBOS.step()
def ship(name: object) -> str:
    return f"shipped {name}"


@DBOS.step()
def ship_all(names: set[str]) -> int:
    return len([name for name in names])


class Bag:
    """Ordered, although the name suggests otherwise."""

    def __init__(self, names: list[str]) -> None:
        self.names = list(dict.fromkeys(names))

    def __iter__(self):
        return iter(self.names)


@DBOS.workflow()
def in_order(names: set[str]) -> None:
    for name in sorted(names):
        ship(name)


@DBOS.workflow()
def membership(name: str) -> bool:
    if name in REGIONS:
        ship(name)
    return name in {"a", "b"}


@DBOS.workflow()
def sizes(names: list[str]) -> int:
    count = len(set(names))
    ship(count)
    return count


@DBOS.workflow()
def totals(numbers: set[int]) -> int:
    total = sum(numbers) + max(numbers)
    ship(total)
    return total


@DBOS.workflow()
def any_and_all(names: set[str]) -> bool:
    found = any(name.startswith("a") for name in names)
    ship(found)
    return found and all(len(name) > 1 for name in names)


@DBOS.workflow()
def small_numbers() -> None:
    for number in {1, 2, 3}:
        ship(number)


@DBOS.workflow()
def ordered_unique(names: list[str]) -> None:
    for name in dict.fromkeys(names):
        ship(name)
    for name in Bag(names):
        ship(name)


@DBOS.workflow()
def counted(names: set[str]) -> int:
    count = 0
    for name in names:
        if name > "b":
            count += 1
    ship(count)
    return count


@DBOS.workflow()
def set_to_set(names: list[str]) -> set[str]:
    upper = {name.upper() for name in set(names)}
    ship_all(upper)
    return upper


@DBOS.workflow()
def looked_up_in_a_dict(names: list[str]) -> int:
    lengths = {name: len(name) for name in set(names)}
    for name in names:
        ship(f"{name} {lengths[name]}")
    for name in sorted(lengths):
        ship(name)
    return sum(lengths.values())
