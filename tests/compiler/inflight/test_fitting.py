"""Records against flows by name: what fits, what does not, and how the first misfit is told."""

from __future__ import annotations

import re

import pytest

from dbos_build import flow
from dbos_build.inflight.fitting import Fit, fits
from dbos_build.inflight.reading import Operation
from support.analysis import analyse

HEAD = """\
import asyncio
from dbos import DBOS, Queue

@DBOS.step()
def reserve(order): ...

@DBOS.step()
def charge(order): ...

@DBOS.step()
async def ask(number): ...

@DBOS.step()
async def tell(number): ...

@DBOS.workflow()
def child(order): ...

async def both(number):
    await ask(number)
    await tell(number)

"""
PLAIN = "reserve(order)\n    charge(order)"
BRANCH = "if reserve(order):\n        charge(order)\n    else:\n        child(order)"
LOOP = "for each in order:\n        reserve(each)\n    charge(order)"
PATCHED = (
    "reserve(order)\n    if DBOS.patch('fair'):\n        child(order)\n    else:\n"
    "        charge(order)"
)
RETIRED = "reserve(order)\n    DBOS.deprecate_patch('fair')\n    charge(order)"
WAITS = "DBOS.recv('mail', timeout_seconds=3)\n    charge(order)"
EARLY = "if not reserve(order):\n        return None\n    charge(order)"
DYNAMIC = "order.handler(order)\n    globals()[order]()\n    charge(order)"
GATHERED = "await asyncio.gather(ask(1), tell(2))\n    await ask(3)"
TASKS = "await asyncio.gather(both(1), both(2))\n    await ask(3)"
TASK = "task = asyncio.create_task(both(1))\n    await tell(2)\n    await task"


def record(text: str) -> list[Operation]:
    """`"reserve charge"`, or with positions: `"1=reserve 1:1=ask"`."""
    found: list[Operation] = []
    for number, word in enumerate(text.split(), start=1):
        position, equals, name = word.rpartition("=")
        found.append(Operation(number, position if equals else str(number), name))
    return found


def found(body: str, text: str) -> Fit:
    """The fit of a record in the flow of a workflow with this body."""
    keyword = "async def" if "await " in body else "def"
    source = f"{HEAD}@DBOS.workflow()\n{keyword} main(order):\n    {body}\n"
    program = analyse(source)
    (declared,) = (each for each in program.workflows if each.name == "main")
    return fits(flow.build(program, declared), record(text))


def judged(body: str, text: str) -> str:
    """Why a record does not fit, empty when it does."""
    fit = found(body, text)
    assert fit.ok == (not fit.reason)
    return fit.reason


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (PLAIN, ""),
        (PLAIN, "reserve"),
        (PLAIN, "reserve charge"),
        (BRANCH, "reserve charge"),
        (BRANCH, "reserve child DBOS.getResult"),
        (LOOP, "charge"),
        (LOOP, "reserve reserve reserve charge"),
        (PATCHED, "reserve charge"),
        (PATCHED, "reserve DBOS.patch-fair child"),
        (RETIRED, "reserve DBOS.patch-fair charge"),
        (RETIRED, "reserve charge"),
        (WAITS, "1=DBOS.recv 1t=DBOS.sleep 2=charge"),
        (EARLY, "reserve charge"),
        (DYNAMIC, "nobody knows"),
        # The first of two that run side by side had not ended.
        (GATHERED, "2=tell"),
        (GATHERED, "2=tell 1=ask 3=ask"),
        (TASKS, "1:1=ask 2:1=ask 2:2=tell"),
        (TASKS, "2:1=ask 1:1=ask 1:2=tell 2:2=tell 1=ask"),
        (TASK, "1=tell 1:1=ask"),
    ],
)
def test_what_the_code_may_have_recorded_fits(body: str, text: str) -> None:
    assert judged(body, text) == ""


@pytest.mark.parametrize(
    ("body", "text", "told"),
    [
        (PLAIN, "charge", "operation 1 is recorded as 'charge'; this build would do 'reserve'"),
        (PLAIN, "reserve reserve", "operation 2 .* 'reserve'; this build would do 'charge'"),
        (PLAIN, "reserve charge charge", "operation 3 .*; this build would have ended"),
        (BRANCH, "reserve reserve", "would do 'charge' or 'child'"),
        (BRANCH, "reserve child charge", "would do 'DBOS.getResult'"),
        (LOOP, "reserve child", "would do 'charge' or 'reserve'"),
        (PATCHED, "DBOS.patch-fair reserve", "operation 1 is recorded as 'DBOS.patch-fair'"),
        (PATCHED, "reserve DBOS.patch-other", "operation 2 is recorded as 'DBOS.patch-other'"),
        (WAITS, "DBOS.sleep", "would do 'DBOS.recv'"),
        (EARLY, "reserve reserve", "would do 'charge'"),
        (GATHERED, "1=tell", "operation 1 is recorded as 'tell'; this build would do 'ask'"),
        (GATHERED, "1=ask 2=tell 3=tell", "operation 3 is recorded as 'tell'"),
        (TASKS, "1:1=tell", "operation 1:1 is recorded as 'tell'; this build would do 'ask'"),
        (TASKS, "1:1=ask 1:2=tell 1:3=ask", "operation 1:3 .*; this build would have ended"),
        (PLAIN, "1=reserve 1:1=charge", "operation 1:1 .*; this build would have ended"),
    ],
)
def test_what_it_cannot_have_recorded_is_told_with_its_place(
    body: str, text: str, told: str
) -> None:
    assert re.search(told, judged(body, text)), judged(body, text)


def test_code_that_nobody_can_follow_is_told_from_what_fits() -> None:
    assert found(DYNAMIC, "nobody knows").opaque
    assert not found(PLAIN, "reserve").opaque


def test_a_long_record_of_a_wide_flow_is_judged_in_one_pass() -> None:
    """Branches double the ways through the code; the walk keeps sets of places, not ways."""
    body = "\n    ".join("if reserve(order):\n        charge(order)" for _ in range(60))
    text = "reserve " * 60 + "charge"
    assert judged(body, text) == ""
    assert "would have ended" in judged(body, "reserve charge " * 60 + "charge")


def test_positions_that_nobody_wrote_are_no_reason_to_fail() -> None:
    assert judged(PLAIN, "x=reserve ²=charge 1=reserve") == ""
