"""One process of the endurance run: `worker.py SETTINGS LEDGER`, commands on standard input.

SETTINGS is JSON for `DBOS(config=…)`. A command is a JSON line `[number, verb, arguments…]`; it
runs in a thread of its own and is answered by `[number, "value" or "error", answer]`.

The workflows `errand` and `errand_later` carry out a plan, a list of operations made by `plans`; so
what they do follows from their input alone. They note each value as their body gets it, and their
steps note when they begin and end, all past the database. It never judges: that is for `verdict`.
"""

from __future__ import annotations

import asyncio
import faulthandler
import itertools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from dbos import DBOS, Debouncer, Queue, SetEnqueueOptions, SetWorkflowID
from dbos.error import DBOSNonExistentWorkflowError
from dbos.kernel import runtime
from endurance.ledger import Ledger

ledger = Ledger(Path(sys.argv[2]))
config = json.loads(sys.argv[1])
nonces = itertools.count(1)
# Waiting without a sleep that anything could skip.
never = threading.Event()

plain = Queue("plain")
single = Queue("single", concurrency=1)
pair = Queue("pair", worker_concurrency=2)
rated = Queue("rated", limiter={"limit": 5, "period": 1.0})
keyed = Queue("keyed", concurrency=1, partition_queue=True)
ranked = Queue("ranked", concurrency=1, priority_enabled=True)
QUEUES = {queue.name: queue for queue in (plain, single, pair, rated, keyed, ranked)}


@DBOS.step()
def work(place: int, seconds: float) -> str:
    """Take some time; the answer is unlike any other."""
    workflow_id = DBOS.workflow_id or ""
    nonce = f"{os.getpid()}-{next(nonces)}"
    ledger.note("begin", workflow_id, place, nonce)
    never.wait(seconds)
    ledger.note("end", workflow_id, place, nonce)
    return nonce


@DBOS.step(retries_allowed=True, interval_seconds=0.02, max_attempts=4)
def flaky(place: int, failures: int) -> str:
    """Fail so often, then work."""
    status = DBOS.step_status
    if status is not None and (status.current_attempt or 0) < failures:
        raise ConnectionError(f"attempt {status.current_attempt}")
    return work(place, 0.0)


@DBOS.transaction()
def transfer(place: int) -> int:
    """Add a row and count it; answers how often this very place was counted, which must be 1."""
    session, mine = DBOS.sql_session, {"id": DBOS.workflow_id, "place": place}
    session.execute(text("UPDATE endured_total SET total = total + 1"))
    session.execute(text("INSERT INTO endured (id, place) VALUES (:id, :place)"), mine)
    found = session.execute(
        text("SELECT count(*) FROM endured WHERE id = :id AND place = :place"), mine
    )
    return int(found.scalar_one())


def _send(_: int, to: str, topic: str, number: int) -> str:
    try:
        DBOS.send(to, [DBOS.workflow_id, number], topic)
    except DBOSNonExistentWorkflowError:
        return "nobody"
    return "sent"


def _child(place: int, how: str, plan: list[Any], key: str | None) -> Any:
    if how == "call":
        return errand(plan)
    if how == "start":
        return DBOS.start_workflow(errand, plan).get_result()
    with SetEnqueueOptions(queue_partition_key=key, priority=1 if how == "ranked" else None):
        return QUEUES[how].enqueue(errand, plan).get_result()


OPERATIONS: dict[str, Callable[..., Any]] = {
    "work": work,
    "flaky": flaky,
    "transfer": transfer,
    "send": _send,
    "child": _child,
    "sleep": lambda _, seconds: DBOS.sleep(seconds),
    "receive": lambda _, topic, seconds: DBOS.recv(topic, timeout_seconds=seconds),
    "publish": lambda _, key, value: DBOS.set_event(key, value),
    "look": lambda _, of, key: DBOS.get_event(of, key, timeout_seconds=0.2),
    "stream": lambda _, key, value: DBOS.write_stream(key, value),
}


@DBOS.workflow(max_recovery_attempts=None)
def errand(plan: list[Any]) -> list[Any]:
    """Carry out a plan; the answer is what each operation gave."""
    workflow_id = DBOS.workflow_id or ""
    ledger.note("entered", workflow_id)
    saw = []
    try:
        for place, (operation, *arguments) in enumerate(plan):
            value = OPERATIONS[operation](place, *arguments)
            ledger.note("saw", workflow_id, place, value)
            saw.append(value)
    finally:
        ledger.note("left", workflow_id)
    return saw


@DBOS.step()
async def work_later(place: int, seconds: float) -> str:
    """The same as `work`, in an event loop."""
    workflow_id = DBOS.workflow_id or ""
    nonce = f"{os.getpid()}-{next(nonces)}"
    ledger.note("begin", workflow_id, place, nonce)
    await asyncio.sleep(seconds)
    ledger.note("end", workflow_id, place, nonce)
    return nonce


@DBOS.step(retries_allowed=True, interval_seconds=0.02, max_attempts=4)
async def flaky_later(place: int, failures: int) -> str:
    """The same as `flaky`, in an event loop."""
    status = DBOS.step_status
    if status is not None and (status.current_attempt or 0) < failures:
        raise ConnectionError(f"attempt {status.current_attempt}")
    return await work_later(place, 0.0)


async def _send_later(_: int, to: str, topic: str, number: int) -> str:
    try:
        await DBOS.send_async(to, [DBOS.workflow_id, number], topic)
    except DBOSNonExistentWorkflowError:
        return "nobody"
    return "sent"


async def _child_later(place: int, how: str, plan: list[Any], key: str | None) -> Any:
    if how == "call":
        return await errand_later(plan)
    if how == "start":
        handle = await DBOS.start_workflow_async(errand_later, plan)
    else:
        handle = await QUEUES[how].enqueue_async(errand_later, plan)
    return await handle.get_result()


async def _transfer_later(place: int) -> int:
    return await asyncio.to_thread(transfer, place)


LATER: dict[str, Callable[..., Any]] = {
    "work": work_later,
    "flaky": flaky_later,
    "transfer": _transfer_later,
    "send": _send_later,
    "child": _child_later,
    "sleep": lambda _, seconds: DBOS.sleep_async(seconds),
    "receive": lambda _, topic, seconds: DBOS.recv_async(topic, timeout_seconds=seconds),
    "publish": lambda _, key, value: DBOS.set_event_async(key, value),
    "look": lambda _, of, key: DBOS.get_event_async(of, key, timeout_seconds=0.2),
    "stream": lambda _, key, value: DBOS.write_stream_async(key, value),
}


@DBOS.workflow(max_recovery_attempts=None)
async def errand_later(plan: list[Any]) -> list[Any]:
    """The same as `errand`, as a coroutine: thousands of them share a thread."""
    workflow_id = DBOS.workflow_id or ""
    ledger.note("entered", workflow_id)
    saw = []
    try:
        for place, (operation, *arguments) in enumerate(plan):
            value = await LATER[operation](place, *arguments)
            ledger.note("saw", workflow_id, place, value)
            saw.append(value)
    finally:
        ledger.note("left", workflow_id)
    return saw


ERRANDS: dict[str, Callable[[list[Any]], Any]] = {
    "errand": errand,
    "errand_later": errand_later,
}


@DBOS.workflow(max_recovery_attempts=None)
def settled(key: str, number: int) -> int:
    """What a burst of calls comes to."""
    ledger.note("settled", DBOS.workflow_id or "", number, key)
    return number


@DBOS.workflow(max_recovery_attempts=None)
def tick(due: datetime, context: Any) -> str:
    """One due time of a schedule."""
    return work(0, 0.0)


def start(workflow_id: str, workflow: str, plan: list[Any]) -> str:
    with SetWorkflowID(workflow_id):
        return DBOS.start_workflow(ERRANDS[workflow], plan).workflow_id


def settle(key: str, number: int) -> str:
    return Debouncer.create(settled).debounce(key, 0.3, key, number).workflow_id


def census() -> dict[str, int]:
    """What this process holds."""
    return {
        "executions": len(runtime.active().executions),
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),
    }


VERBS: dict[str, Callable[..., Any]] = {"start": start, "settle": settle, "census": census}


def answer(number: int, verb: str, arguments: list[Any]) -> None:
    try:
        line = [number, "value", VERBS[verb](*arguments)]
    except Exception as error:
        line = [number, "error", f"{type(error).__name__}: {error}"]
    os.write(1, (json.dumps(line) + "\n").encode())


def serve() -> None:
    """Launch, obey until the end of standard input, and stop as a well-behaved program does."""
    # Who does not end in time is asked what it is at.
    faulthandler.register(signal.SIGUSR1)
    DBOS(config=config)
    DBOS.launch()
    os.write(1, b'[0, "value", null]\n')
    for command in sys.stdin:
        number, verb, *arguments = json.loads(command)
        threading.Thread(target=answer, args=(number, verb, arguments), daemon=True).start()
    DBOS.destroy(workflow_completion_timeout_sec=config.get("drain_seconds", 0))


if __name__ == "__main__":
    serve()
