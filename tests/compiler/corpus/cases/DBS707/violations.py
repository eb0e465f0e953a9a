"""Loops without an end that record something at each turn: the history grows for ever."""

import itertools

from dbos import DBOS

RUNNABLE = False


@DBOS.step()
def poll(name: str) -> str:
    return f"polled {name}"


@DBOS.step()
async def poll_async(name: str) -> str:
    return f"polled {name}"


def turn(name: str) -> str:
    return poll(name)


class Watcher:
    def watch(self, name: str) -> None:
        while True:  # flags: DBS707:warning
            poll(name)


@DBOS.workflow()
def for_ever(name: str) -> None:
    while True:  # flags: DBS707:warning
        poll(name)


@DBOS.workflow()
def with_a_pause(name: str) -> None:
    while True:  # flags: DBS707:warning
        poll(name)
        DBOS.sleep(60)


@DBOS.workflow()
async def asynchronous(name: str) -> None:
    while 1:  # flags: DBS707:warning
        await poll_async(name)


@DBOS.workflow()
def by_helper(name: str) -> None:
    while True:  # flags: DBS707:warning
        turn(name)


@DBOS.workflow()
def by_method(name: str) -> None:
    Watcher().watch(name)


@DBOS.workflow()
def counted(name: str) -> None:
    for number in itertools.count():  # flags: DBS707:warning
        poll(f"{name}-{number}")


@DBOS.workflow()
def only_waits(name: str) -> None:
    while True:  # flags: DBS707:warning
        DBOS.recv("order")
