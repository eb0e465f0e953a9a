"""Sets that become lists on their way into a step, a message or a result."""

import json

from dbos import DBOS


@DBOS.step()
def store(names: object) -> int:
    return 1


def unique(names: list[str]) -> list[str]:
    return list(set(names))  # flags: DBS505


class Tags:
    def __init__(self, names: list[str]) -> None:
        self.names = frozenset(names)

    def listed(self) -> tuple[str, ...]:
        return tuple(self.names)  # flags: DBS505


@DBOS.workflow()
def as_argument(names: list[str]) -> int:
    return store(list({*names, "extra"}))  # flags: DBS505


@DBOS.workflow()
def as_result(names: list[str]) -> list[str]:
    store(len(names))
    return list(set(names))  # flags: DBS505


@DBOS.workflow()
def by_helper(names: list[str]) -> int:
    return store(unique(names))


@DBOS.workflow()
def by_method(names: list[str]) -> int:
    return store(Tags(names).listed())


@DBOS.workflow()
def as_event(names: set[str]) -> int:
    DBOS.set_event("names", list(names))  # flags: DBS505
    return len(names)


@DBOS.workflow()
def as_json(names: set[str]) -> str:
    text = json.dumps([*names])  # flags: DBS505
    store(text)
    return text


@DBOS.workflow()
def through_a_variable(names: set[str]) -> int:
    rows = tuple(names)  # flags: DBS505
    return store(rows)
