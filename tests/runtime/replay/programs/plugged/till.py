"""Workflows for tests of the pytest plugin: some replay, some do not."""

from __future__ import annotations

import asyncio
import datetime
import os
import random
from pathlib import Path

from dbos import DBOS, DBOSConfiguredInstance

cache: dict[str, int] = {}


@DBOS.step()
def keep(value: object) -> object:
    return value


@DBOS.step()
async def keep_async(value: object) -> object:
    await asyncio.sleep(0)
    return value


@DBOS.workflow()
def sound(count: int) -> int:
    for number in range(count):
        keep(number)
    DBOS.sleep(0.001)
    return count


@DBOS.workflow()
async def sound_async(count: int) -> int:
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(keep_async(number))
    return count


@DBOS.workflow()
def sound_failure() -> None:
    keep(1)
    raise LookupError("as always")


@DBOS.dbos_class()
class Till(DBOSConfiguredInstance):
    """A class whose instances are made by a function."""

    @DBOS.workflow()
    def open(self) -> object:
        return keep(self.config_name)


def set_up() -> Till:
    return Till("front")


@DBOS.workflow()
def hash_order() -> None:
    for name in {"ada", "bob", "cleo", "dora", "eve", "finn"}:
        keep(name)


@DBOS.workflow()
def clock() -> None:
    keep(datetime.date.today().month)


@DBOS.workflow()
def zone() -> None:
    keep(datetime.datetime.fromtimestamp(1_600_000_000).hour)


@DBOS.workflow()
def environment() -> None:
    keep(os.environ.get("USER"))


@DBOS.workflow()
def folder() -> None:
    keep(str(Path.cwd()))


@DBOS.workflow()
def chance() -> None:
    keep(random.random())


@DBOS.workflow()
def memory() -> None:
    if "kept" not in cache:
        cache["kept"] = 1
        keep("first")
    keep("then")


@DBOS.workflow()
def outside() -> None:
    keep(1)
    Path(__file__).with_name("data.txt").exists()
    keep(len(Path("/etc/passwd").read_text(encoding="utf-8")))
