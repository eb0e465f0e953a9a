from __future__ import annotations

import enum
import time
from dbos import DBOS


class State(enum.StrEnum):
    NEW = enum.auto()
    PAID = enum.auto()
    SENT = enum.auto()

    @property
    def final(self) -> bool:
        return self is State.SENT

    def next(self) -> State:
        order = list(State)
        return order[min(order.index(self) + 1, len(order) - 1)]


class Right(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()


class Period(enum.Enum):
    DAY = 86_400
    HOUR = 3_600

    def start(self) -> int:
        return int(time.time()) // self.value * self.value  # flags: DBS001


ALLOWED = {State.NEW: {State.PAID}, State.PAID: {State.SENT, State.NEW}, State.SENT: set()}


@DBOS.step()
def enter(state: str) -> None:
    DBOS.logger.info(state)


@DBOS.workflow()
def walk() -> list[str]:
    state = State.NEW
    seen = [str(state)]
    while not state.final:
        following = state.next()
        if following not in ALLOWED[state]:
            break
        state = following
        enter(state)
        seen.append(state.value)
    for right in Right.READ | Right.WRITE:
        enter(str(right.name))
    return seen


@DBOS.workflow()
def spread(state: State) -> int:
    for following in ALLOWED[state]:  # flags: DBS501
        enter(following)
    return len(ALLOWED)


@DBOS.workflow()
def period(kind: str) -> int:
    return Period[kind].start()
