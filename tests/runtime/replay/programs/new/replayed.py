"""The code that replays. The docstring of each workflow says what is expected of its histories."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import text

from dbos import DBOS, DBOSConfiguredInstance


@dataclass(frozen=True)
class Bill:
    """What was a ``Receipt`` when it was checkpointed."""

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
def issue(number: int) -> Bill:
    return Bill(number)


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
    """fits: ended after the record after 5 operations"""
    kept = reserve(item)
    DBOS.set_event("state", kept)
    DBOS.sleep(0.001)
    DBOS.write_stream("log", kept)
    return store(kept)


@DBOS.workflow()
def longer(item: str) -> None:
    """fits: reached the end of the record after 1 operation"""
    reserve(item)
    charge(1)


@DBOS.workflow()
def shorter(item: str) -> None:
    """differs: step 2: charge is recorded, the code returns without asking for it"""
    reserve(item)


@DBOS.workflow()
def swapped(item: str) -> None:
    """differs: step 1: reserve is recorded, the code asks for charge"""
    charge(1)
    reserve(item)


@DBOS.workflow()
def other_arguments(item: str) -> None:
    """differs: step 2: charge is called with other arguments than recorded"""
    reserve(item)
    charge(3)


@DBOS.workflow()
def patched(item: str) -> None:
    """fits: ended after the record after 2 operations"""
    reserve(item)
    if DBOS.patch("second"):
        reserve(item)
    charge(1)


@DBOS.workflow()
def inserted(item: str) -> None:
    """differs: step 2: charge is recorded, the code asks for reserve"""
    reserve(item)
    reserve(item)
    charge(1)


@DBOS.workflow()
def recorded_error(item: str) -> str:
    """fits: ended after the record after 2 operations"""
    try:
        fail(item)
    except ValueError:
        return reserve(item)
    return ""


@DBOS.workflow()
def other_handler(item: str) -> str:
    """raised: the code raises ValueError: x, before the recorded reserve"""
    try:
        fail(item)
    except KeyError:
        return reserve(item)
    return ""


@DBOS.workflow()
def failed(item: str) -> None:
    """fits: ended after the record after 1 operation"""
    fail(item)


@DBOS.workflow()
def less_parameters(item: str) -> None:
    """raised: the code raises TypeError"""
    reserve(item)


@DBOS.workflow()
async def lanes(count: int) -> int:
    """fits: ended after the record after 6 operations"""

    async def lane(number: int) -> int:
        first = await fetch(number)
        return first + await fetch(number)

    return sum(await asyncio.gather(*(lane(number) for number in range(count))))


@DBOS.workflow()
async def changed_lane(count: int) -> int:
    """differs: fetch is recorded, the code asks for reserve"""

    async def lane(number: int) -> int:
        first = await fetch(number)
        if number == 1:
            reserve("more")
        return first + await fetch(number)

    return sum(await asyncio.gather(*(lane(number) for number in range(count))))


@DBOS.workflow()
async def groups(count: int) -> list[int]:
    """fits: ended after the record after 9 operations"""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(number)) for number in range(count)]
    loose = [asyncio.create_task(fetch(number)) for number in range(count)]
    await DBOS.asyncio_wait(loose)
    stored = await asyncio.to_thread(store, "thread")
    reserve(stored)
    return [task.result() for task in tasks]


@DBOS.workflow()
async def timed_out(item: str) -> str:
    """fits: ended after the record after 1 operation"""
    try:
        await asyncio.wait_for(hang(), 0.01)
    except TimeoutError:
        return await DBOS.run_step_async({"name": "look up"}, lambda: item)
    return ""


@DBOS.workflow()
def child(item: str) -> str:
    """fits: ended after the record after 1 operation"""
    return reserve(item)


@DBOS.workflow()
def parent(item: str) -> str:
    """fits: ended after the record after 4 operations"""
    handle = DBOS.start_workflow(child, item)
    return handle.get_result() + child(item)


@DBOS.workflow()
def other_child(item: str) -> str:
    """differs: step 1: child is called with other arguments than recorded"""
    return child(item + "!")


@DBOS.workflow()
def waiting(item: str) -> object:
    """fits: ended after the record after 4 operations"""
    DBOS.send(DBOS.workflow_id or "", item, "own")
    got = DBOS.recv("own", timeout_seconds=5)
    nothing = DBOS.recv("nothing", timeout_seconds=0.01)
    return got, nothing, DBOS.get_event(DBOS.workflow_id or "", "none", timeout_seconds=0.01)


@DBOS.workflow()
def in_flight(item: str) -> object:
    """fits: reached the end of the record after 1 operation"""
    reserve(item)
    return DBOS.recv("never", timeout_seconds=600)


@DBOS.workflow()
def asleep(item: str) -> None:
    """fits: ended after the record after 2 operations"""
    reserve(item)
    DBOS.sleep(600)


@DBOS.workflow()
def moved_class(number: int) -> int:
    """undecodable: step 1, issue:"""
    return issue(number).number


@DBOS.workflow()
def with_pickle() -> str:
    """undecodable: step 1, pickled: it is a pickle; give --allow-pickle to load it"""
    return type(pickled()).__name__


@DBOS.workflow()
def asks_versions(item: str) -> str:
    """io: list application versions asks the system database, outside of any operation"""
    reserve(item)
    return str(len(DBOS.list_application_versions()))


@DBOS.workflow()
def manages(item: str) -> int:
    """fits: ended after the record after 3 operations"""
    DBOS.cancel_workflow("nobody")
    DBOS.resume_workflow(f"id-{item}")
    return len(DBOS.list_workflows(workflow_ids=["nobody"]))


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    """A class with workflows."""

    @DBOS.workflow()
    def sell(self, item: str) -> str:
        """fits: ended after the record after 1 operation"""
        return reserve(f"{item} in {self.config_name}")

    @classmethod
    @DBOS.workflow()
    def close(cls, item: str) -> str:
        """fits: ended after the record after 1 operation"""
        return reserve(f"{item} of {cls.__name__}")


paris = Shop("paris")
