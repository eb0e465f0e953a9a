"""The code that records. Its twin in ``new`` is what these histories are replayed against."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import text

from dbos import DBOS, DBOSConfiguredInstance


@dataclass(frozen=True)
class Receipt:
    """A value that is checkpointed; the new code has it under another name."""

    number: int


class Plain:
    """A value without a data form: it is pickled."""


@DBOS.step()
def reserve(item: str) -> str:
    return f"reserved {item}"


@DBOS.step()
def charge(amount: int) -> int:
    return amount


@DBOS.step()
def fail(kind: str) -> None:
    raise ValueError(kind)


@DBOS.step()
def issue(number: int) -> Receipt:
    return Receipt(number)


@DBOS.step()
def pickled() -> Plain:
    return Plain()


@DBOS.step()
async def fetch(number: int) -> int:
    await asyncio.sleep(0.001 * (5 - number))
    return number


@DBOS.step()
async def hang() -> None:
    await asyncio.sleep(60)


@DBOS.transaction()
def store(kept: str) -> str:
    return str(DBOS.sql_session.execute(text("SELECT 1")).scalar_one()) + kept


@DBOS.workflow()
def unchanged(item: str) -> str:
    kept = reserve(item)
    DBOS.set_event("state", kept)
    DBOS.sleep(0.001)
    DBOS.write_stream("log", kept)
    return store(kept)


@DBOS.workflow()
def longer(item: str) -> None:
    reserve(item)


@DBOS.workflow()
def shorter(item: str) -> None:
    reserve(item)
    charge(1)


@DBOS.workflow()
def swapped(item: str) -> None:
    reserve(item)
    charge(1)


@DBOS.workflow()
def other_arguments(item: str) -> None:
    reserve(item)
    charge(2)


@DBOS.workflow()
def patched(item: str) -> None:
    reserve(item)
    charge(1)


@DBOS.workflow()
def inserted(item: str) -> None:
    reserve(item)
    charge(1)


@DBOS.workflow()
def recorded_error(item: str) -> str:
    try:
        fail(item)
    except ValueError:
        return reserve(item)
    return ""


@DBOS.workflow()
def other_handler(item: str) -> str:
    try:
        fail(item)
    except ValueError:
        return reserve(item)
    return ""


@DBOS.workflow()
def failed(item: str) -> None:
    fail(item)


@DBOS.workflow()
def less_parameters(item: str, amount: int) -> None:
    reserve(item)


@DBOS.workflow()
async def lanes(count: int) -> int:
    async def lane(number: int) -> int:
        first = await fetch(number)
        return first + await fetch(number)

    return sum(await asyncio.gather(*(lane(number) for number in range(count))))


@DBOS.workflow()
async def changed_lane(count: int) -> int:
    async def lane(number: int) -> int:
        first = await fetch(number)
        return first + await fetch(number)

    return sum(await asyncio.gather(*(lane(number) for number in range(count))))


@DBOS.workflow()
async def groups(count: int) -> list[int]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(number)) for number in range(count)]
    loose = [asyncio.create_task(fetch(number)) for number in range(count)]
    await DBOS.asyncio_wait(loose)
    stored = await asyncio.to_thread(store, "thread")
    reserve(stored)
    return [task.result() for task in tasks]


@DBOS.workflow()
async def timed_out(item: str) -> str:
    try:
        await asyncio.wait_for(hang(), 0.01)
    except TimeoutError:
        return await DBOS.run_step_async({"name": "look up"}, lambda: item)
    return ""


@DBOS.workflow()
def child(item: str) -> str:
    return reserve(item)


@DBOS.workflow()
def parent(item: str) -> str:
    handle = DBOS.start_workflow(child, item)
    return handle.get_result() + child(item)


@DBOS.workflow()
def other_child(item: str) -> str:
    return child(item)


@DBOS.workflow()
def waiting(item: str) -> object:
    DBOS.send(DBOS.workflow_id or "", item, "own")
    got = DBOS.recv("own", timeout_seconds=5)
    nothing = DBOS.recv("nothing", timeout_seconds=0.01)
    return got, nothing, DBOS.get_event(DBOS.workflow_id or "", "none", timeout_seconds=0.01)


@DBOS.workflow()
def in_flight(item: str) -> object:
    reserve(item)
    return DBOS.recv("never", timeout_seconds=600)


@DBOS.workflow()
def asleep(item: str) -> None:
    reserve(item)
    DBOS.sleep(600)


@DBOS.workflow()
def moved_class(number: int) -> int:
    return issue(number).number


@DBOS.workflow()
def with_pickle() -> str:
    return type(pickled()).__name__


@DBOS.workflow()
def removed(item: str) -> str:
    return reserve(item)


@DBOS.workflow()
def asks_versions(item: str) -> str:
    reserve(item)
    return str(len(DBOS.list_application_versions()))


@DBOS.workflow()
def manages(item: str) -> int:
    DBOS.cancel_workflow("nobody")
    DBOS.resume_workflow(f"id-{item}")
    return len(DBOS.list_workflows(workflow_ids=["nobody"]))


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    """A class with workflows."""

    @DBOS.workflow()
    def sell(self, item: str) -> str:
        return reserve(f"{item} in {self.config_name}")

    @classmethod
    @DBOS.workflow()
    def close(cls, item: str) -> str:
        return reserve(f"{item} of {cls.__name__}")


paris = Shop("paris")
