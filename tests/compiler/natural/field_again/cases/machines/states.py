from __future__ import annotations

import enum
from collections.abc import Callable

from dbos import DBOS


class State(enum.Enum):
    NEW = enum.auto()
    PAID = enum.auto()
    DONE = enum.auto()

    @property
    def final(self) -> bool:
        return self is State.DONE


@DBOS.step()
def charge(order: str) -> bool:
    return bool(order)


@DBOS.step()
def ship(order: str) -> None:
    print(order)


def on_new(order: str) -> State:
    return State.PAID if charge(order) else State.DONE


def on_paid(order: str) -> State:
    ship(order)
    return State.DONE


TRANSITIONS: dict[State, Callable[[str], State]] = {State.NEW: on_new, State.PAID: on_paid}


@DBOS.workflow()
def order(order_id: str) -> str:
    state = State.NEW
    while not state.final:
        state = TRANSITIONS[state](order_id)
        DBOS.set_event("state", state.name)
    return state.name


@DBOS.workflow()
def approval(order_id: str) -> str:
    while (answer := DBOS.recv("answer", timeout_seconds=86400)) is None:
        charge(order_id)
    match answer:
        case {"ok": True, "by": str(name)}:
            return name
        case {"ok": False}:
            return "no"
        case [first, *_rest]:
            return str(first)
        case _:
            raise ValueError(answer)
