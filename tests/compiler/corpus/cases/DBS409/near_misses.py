"""Callbacks that only remember, and functions that are called at once."""

import asyncio
from collections.abc import Callable

from dbos import DBOS


@DBOS.step()
def save(name: str) -> str:
    return f"saved {name}"


@DBOS.step()
async def ask(name: str) -> str:
    return f"answer of {name}"


@DBOS.step()
async def ask_with_callback(name: str) -> str:
    task = asyncio.create_task(pure(name))
    task.add_done_callback(lambda each: save(each.result()))
    return await task


async def pure(name: str) -> str:
    return name


class Button:
    def __init__(self) -> None:
        self.pressed: list[str] = []

    def add_done_callback(self, name: str) -> None:
        self.pressed.append(name)


def apply(action: Callable[[str], str], name: str) -> str:
    return action(name)


@DBOS.workflow()
async def only_remembers(name: str) -> int:
    seen: list[str] = []
    task = asyncio.create_task(ask(name))
    task.add_done_callback(lambda each: seen.append("done"))
    await task
    return len("done")


@DBOS.workflow()
def called_at_once(name: str) -> str:
    return apply(save, name)


@DBOS.workflow()
def mapped(names: list[str]) -> list[str]:
    return list(map(save, names))


@DBOS.workflow()
def own_callback(name: str) -> list[str]:
    button = Button()
    button.add_done_callback(save(name))
    return button.pressed


@DBOS.workflow()
async def in_a_step(name: str) -> str:
    return await ask_with_callback(name)


@DBOS.workflow()
def sorted_by_a_step(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: save(name))
