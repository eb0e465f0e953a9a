"""One process of several on a database: `member.py CONFIG LEDGER GATE`, commands on stdin.

CONFIG is JSON for `DBOS(config=...)`. Each command is a JSON line `[number, verb, arguments...]`;
it runs in a thread of its own and is answered by a line `[number, "value" or "error", answer]`.
Steps note what they do in the LEDGER, synced, with the process id and a clock all processes share.
The GATE is a file: a step that stands before it goes on when the test lets go of the lock.

With "build" in CONFIG the process has a registry: `application`, the version of the application,
`versions` of workflows by name, and `takes_over`, what it may go on with of former versions.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID
from dbos.registry import FORMAT, Registry, Step, TakeOver, Transaction, Workflow

config, ledger, gate = json.loads(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
orders = Queue("orders")
singles = Queue("singles", concurrency=1)
pairs = Queue("pairs", worker_concurrency=2)
parted = Queue("parted", partition_concurrency=1)


def note(what: str) -> None:
    """Write a line that outlives this process."""
    with ledger.open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {time.monotonic_ns()} {what}\n")
        file.flush()
        os.fsync(file.fileno())


@DBOS.step()
def mark(what: str) -> str:
    note(what)
    return what


@DBOS.step()
def stand_before_gate(name: str) -> str:
    note(f"at {name}")
    with gate.open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
    note(f"past {name}")
    return f"{name} by {os.getpid()}"


@DBOS.workflow()
def gated(name: str) -> list[str]:
    return [mark(f"before {name}"), stand_before_gate(name), mark(f"after {name}")]


@DBOS.workflow()
def receiving(name: str) -> list[Any]:
    first = mark(f"before {name}")
    received = DBOS.recv("orders", timeout_seconds=60)
    return [first, received, mark(f"after {name}")]


@DBOS.workflow()
def sleeping(name: str, seconds: float) -> list[str]:
    first = mark(f"before {name}")
    DBOS.sleep(seconds)
    return [first, mark(f"after {name}")]


@DBOS.workflow()
def plain(name: str) -> str:
    return mark(name)


@DBOS.workflow()
def many_steps(name: str, count: int) -> int:
    return len({mark(f"{name} {number}") for number in range(count)})


@DBOS.workflow()
def answering(rounds: int) -> int:
    """Answer messages of another process, each with an event."""
    for number in range(rounds):
        DBOS.set_event(f"answer {number}", DBOS.recv("question", timeout_seconds=60))
    return rounds


@DBOS.transaction()
def add_row(name: str) -> str:
    DBOS.sql_session.execute(text("INSERT INTO rows_written (name) VALUES (:name)"), {"name": name})
    return name


@DBOS.workflow()
def writing(name: str, to: str) -> list[str]:
    """One of each kind of commit: a step, a transaction, a message, an event, an enqueue."""
    done = [mark(f"begin {name}"), add_row(f"row {name}")]
    DBOS.send(to, f"letter {name}", "orders")
    DBOS.set_event("state", f"event {name}")
    handle = orders.enqueue(plain, f"queued {name}")
    return [*done, handle.get_result(), mark(f"end {name}")]


WORKFLOWS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (gated, receiving, sleeping, plain, many_steps, answering, writing)
}
QUEUES = {queue.name: queue for queue in (orders, singles, pairs, parted)}


def start(workflow: str, workflow_id: str, *arguments: Any) -> str:
    with SetWorkflowID(workflow_id):
        return DBOS.start_workflow(WORKFLOWS[workflow], *arguments).workflow_id


def enqueue(queue: str, workflow: str, workflow_id: str, *arguments: Any) -> int:
    """Enqueue, and answer when that began."""
    began = time.monotonic_ns()
    with SetWorkflowID(workflow_id):
        QUEUES[queue].enqueue(WORKFLOWS[workflow], *arguments)
    return began


def enqueue_in_partition(key: str, workflow: str, workflow_id: str, *arguments: Any) -> None:
    with SetWorkflowID(workflow_id):
        parted.enqueue(WORKFLOWS[workflow], *arguments, partition_key=key)


def delay(queue: str, workflow: str, workflow_id: str, seconds: float, *arguments: Any) -> None:
    with SetEnqueueOptions(delay_seconds=seconds):
        enqueue(queue, workflow, workflow_id, *arguments)


def result(workflow_id: str) -> list[Any]:
    """The result, and when it was known here."""
    value = DBOS.retrieve_workflow(workflow_id).get_result()
    return [value, time.monotonic_ns()]


def ask_questions(workflow_id: str, rounds: int) -> None:
    """In each round a message there, an event back."""
    for number in range(rounds):
        DBOS.send(workflow_id, number, "question")
        assert DBOS.get_event(workflow_id, f"answer {number}", 60) == number


def recover() -> list[str]:
    from dbos import testing

    return [handle.workflow_id for handle in testing.recover_pending_workflows()]


VERBS: dict[str, Callable[..., Any]] = {
    "start": start,
    "enqueue": enqueue,
    "delay": delay,
    "enqueue_in_partition": enqueue_in_partition,
    "result": result,
    "ask_questions": ask_questions,
    "recover": recover,
    "send": lambda to, message: DBOS.send(to, message, "orders"),
    "cancel": DBOS.cancel_workflow,
    "status": lambda workflow_id: DBOS.retrieve_workflow(workflow_id).get_status().status,
    "steps": lambda workflow_id: len(DBOS.list_workflow_steps(workflow_id)),
    "pid": os.getpid,
}


def answer(number: int, verb: str, arguments: list[Any]) -> None:
    try:
        line = [number, "value", VERBS[verb](*arguments)]
    except Exception as error:
        line = [number, "error", f"{type(error).__name__}: {error}"]
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def registry(build: dict[str, Any]) -> Registry:
    """What a build of this file would have written, with the versions that the test wants."""
    entries = [
        Workflow(
            name=name,
            entry=f"__main__:{name}",
            version=build["versions"].get(name, f"v1-{name}"),
        )
        for name in sorted(WORKFLOWS)
    ]
    return Registry(
        format=FORMAT,
        application_version=build["application"],
        workflows=tuple(entries),
        steps=tuple(
            Step(name=name, entry=f"__main__:{name}") for name in ("mark", "stand_before_gate")
        ),
        transactions=(Transaction(name="add_row", entry="__main__:add_row"),),
        takes_over=tuple(TakeOver(**each) for each in build.get("takes_over", ())),
    )


serves_queues = config.pop("serves_queues", True)
build = config.pop("build", None)
DBOS(config=config, registry=registry(build) if build else None)
if not serves_queues:
    DBOS.listen_queues([])
DBOS.launch()
answer(0, "pid", [])
for command in sys.stdin:
    said, verb, *arguments = json.loads(command)
    threading.Thread(target=answer, args=(said, verb, arguments), daemon=True).start()
DBOS.destroy()
