"""Steps that give away copies, or what nobody changes."""

from dbos import DBOS

SHARED: list[str] = []
CONSTANT = ["a", "b"]


class Shop:
    def __init__(self) -> None:
        self.items: list[str] = []
        self.name = "shop"

    @DBOS.step()
    def all_items(self) -> list[str]:
        return list(self.items)

    @DBOS.step()
    def its_name(self) -> str:
        return self.name

    def add(self, name: str) -> None:
        self.items.append(name)


@DBOS.step()
def copied() -> list[str]:
    return [*SHARED]


@DBOS.step()
def constant() -> list[str]:
    return CONSTANT


@DBOS.step()
def fresh(names: list[str]) -> list[str]:
    return [name.upper() for name in names]


@DBOS.step()
def unchanged_argument(names: list[str]) -> list[str]:
    return names


@DBOS.step()
def one_of_them() -> int:
    return len(SHARED)


def fill(name: str) -> None:
    SHARED.append(name)


class Plan:
    def __init__(self) -> None:
        self.stages = ["a", "b"]


PLAN = Plan()


@DBOS.step()
def stages(name: str) -> list[str]:
    return PLAN.stages
