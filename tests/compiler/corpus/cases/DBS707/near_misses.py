"""Loops with an end, and endless loops that record nothing or hand on to a child."""

from dbos import DBOS


@DBOS.step()
def poll(name: str) -> str:
    return "done"


@DBOS.step()
def poll_for_ever(name: str) -> str:
    while True:
        if len(name) > 3:
            return name


def first_power(limit: int) -> int:
    value = 1
    while True:
        value *= 2
        if value > limit:
            return value


@DBOS.workflow()
def until_a_message_is_missing(name: str) -> str:
    while True:
        if DBOS.recv("order") is None:
            break
    return name


@DBOS.workflow()
def until_done(name: str) -> str:
    while True:
        if poll(name) == "done":
            return name


@DBOS.workflow()
def while_pending(name: str) -> str:
    state = "pending"
    while state == "pending":
        state = poll(name)
    return state


@DBOS.workflow()
def pure_loop(limit: int) -> int:
    value = first_power(limit)
    poll(str(value))
    return value


@DBOS.workflow()
def in_a_step(name: str) -> str:
    return poll_for_ever(name)


@DBOS.workflow()
def until_it_fails(name: str) -> str:
    while True:
        if poll(name) != "done":
            raise ValueError(name)
        poll(name)
        return name
