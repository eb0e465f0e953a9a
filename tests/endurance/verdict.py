"""The verdict: what must be true of the ledger and the database once everything is well again.

In: a `History`, what was `Asked`, and the rows of the database. Out: violations in words, one for
each thing that is wrong; none when everything held. It never repairs and never excuses: each
exception that it makes is what the runtime documents, and is said where it is made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from endurance.driver import ERRANDS, Asked
from endurance.history import FOREVER, History, Span

ENDED = ("SUCCESS", "ERROR", "CANCELLED")
# The worker claims, then its body notes that it was entered: moments of one clock, in order.
LIMITS_OVERALL = {"single": 1, "ranked": 1}
LIMITS_HERE = {"pair": 2}
RATE, PERIOD_MS = 5, 1000


@dataclass(frozen=True, slots=True)
class Row:
    """What the database says of a workflow in the end."""

    workflow_id: str
    status: str
    name: str
    queue_name: str | None
    executions: int
    started_at_ms: int | None
    rate_limited: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the database: rows by id, results, rows of transactions, and the rest."""

    rows: dict[str, Row]
    results: dict[str, Any]
    errors: dict[str, str]
    streams: dict[str, list[Any]]
    transfers: list[tuple[str, int]]
    total: int
    remains: dict[str, list[str]]
    ticks: list[int]


def judge(history: History, asked: Asked, found: Found) -> list[str]:
    """Everything that is wrong."""
    return [
        *_promises(history, asked, found),
        *_values(history, asked, found),
        *_repetitions(history),
        *_transactions(history, found),
        *_letters(history, asked, found),
        *_events_and_streams(history, found),
        *_limits(history, asked, found),
        *_orders(history, asked, found),
        *_cancellations(history),
        *_bursts(history, asked),
        *_ticks(found),
    ]


def _promises(history: History, asked: Asked, found: Found) -> Iterator[str]:
    """What was promised is there and has ended; what was deleted left nothing."""
    deleted = set(history.promised("deleting"))
    for workflow_id in asked.plans:
        if workflow_id not in found.rows and workflow_id not in deleted:
            yield f"{workflow_id} was promised and is lost"
    for row in found.rows.values():
        if row.status not in ENDED:
            yield f"{row.workflow_id} never ended: {row}"
        if row.status == "ERROR":
            yield f"{row.workflow_id} failed: {found.errors.get(row.workflow_id)}"
    for workflow_id in history.promised("delete"):
        for table in found.remains.get(workflow_id, ()):
            yield f"{workflow_id} was deleted, and {table} still has rows of it"
    cancelled = history.promised("cancel")
    resumed = history.promised("resuming")
    for workflow_id in cancelled.keys() - resumed.keys() - deleted:
        row_now = found.rows.get(workflow_id)
        if row_now is not None and row_now.status != "CANCELLED":
            yield f"{workflow_id} was cancelled and is {row_now.status}"


def _values(history: History, asked: Asked, found: Found) -> Iterator[str]:
    """A body sees the same values in all lives, those its steps answered; they are its result."""
    nonces = history.nonces()
    last: dict[str, dict[int, Any]] = defaultdict(dict)
    for (workflow_id, place), lines in history.seen().items():
        values = [line.value for line in lines]
        last[workflow_id][place] = values[-1]
        # Who lost a workflow may not go on with a value that was not recorded.
        if any(value != values[0] for value in values):
            yield f"{workflow_id} saw different values at {place}: {lines}"
    for workflow_id, saw in last.items():
        origins = _origins(workflow_id, asked.forks)
        true = set().union(*(nonces.get(one, set()) for one in origins))
        plan = asked.plans.get(workflow_id)
        for place, value in saw.items():
            if plan and plan[place][0] in ("work", "flaky") and value not in true:
                yield f"{workflow_id} saw {value!r} at {place}, which no step answered"
        row = found.rows.get(workflow_id)
        if row is None or row.status != "SUCCESS" or row.name not in ERRANDS:
            continue
        if found.results.get(workflow_id) != [saw.get(place) for place in range(len(saw))]:
            yield f"{workflow_id} saw {saw} and its result is {found.results.get(workflow_id)}"


def _origins(workflow_id: str, forks: dict[str, str]) -> list[str]:
    found = [workflow_id]
    while found[-1] in forks:
        found.append(forks[found[-1]])
    return found


def _repetitions(history: History) -> Iterator[str]:
    """A step begins again only when whoever ran it may have lost it; never once it was seen.

    A workflow that was resumed while its cancelled run was still in a step may begin that again.
    """
    resumed = history.promised("resuming")
    seen = {key: lines[0] for key, lines in history.seen().items()}
    for (workflow_id, place), lines in history.begun().items():
        if workflow_id in resumed:
            continue
        for first, second in pairwise(lines):
            if history.lost_at(first.pid) > second.at_ns and history.lost_at(second.pid) > (
                second.at_ns
            ):
                yield f"step {place} of {workflow_id} began twice: {first} {second}"
        after = seen.get((workflow_id, place))
        for line in lines:
            late = after is not None and line.at_ns > after.at_ns
            if late and history.lost_at(line.pid) > line.at_ns:
                yield f"step {place} of {workflow_id} ran again after it was seen: {after} {line}"


def _transactions(history: History, found: Found) -> Iterator[str]:
    """Each transaction that a body saw took place once, and no other did more than once."""
    counts = Counter(found.transfers)
    for key, count in counts.items():
        if count != 1:
            yield f"transaction {key} took place {count} times"
    if sum(counts.values()) != found.total:
        yield f"{sum(counts.values())} rows were added, and counted {found.total} times"
    for key, lines in history.seen().items():
        if lines[0].value == 1 and key not in counts and key[0].startswith("transfers-"):
            yield f"transaction {key} was seen and did not take place"


def _letters(history: History, asked: Asked, found: Found) -> Iterator[str]:
    """Letters arrive once, in the order of their sender, and none is missing."""
    sent: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (workflow_id, place), lines in history.seen().items():
        plan = asked.plans.get(workflow_id, [])
        if lines[0].value == "sent" and place < len(plan) and plan[place][0] == "send":
            sent[plan[place][1]].append((workflow_id, plan[place][3]))
    for collector, expected in asked.collectors.items():
        result = found.results.get(collector)
        if result is None:
            continue
        got = [(one[0], one[1]) for one in result if one is not None]
        for letter, count in Counter(got).items():
            if count > 1:
                yield f"{collector} got {letter} {count} times"
        by_sender: dict[str, list[int]] = defaultdict(list)
        for sender, number in got:
            by_sender[sender].append(number)
        for sender, numbers in by_sender.items():
            if numbers != list(range(len(numbers))):
                yield f"{collector} got the letters of {sender} as {numbers}"
        known = {*sent[collector], *((one[0], one[1]) for one in asked.letters.get(collector, []))}
        forks = [fork for fork, origin in asked.forks.items() if origin.startswith("writer")]
        if len(got) < expected and len(known) >= expected and not forks:
            yield f"{collector} waited for {expected} letters in vain: {got} of {sorted(known)}"


def _events_and_streams(history: History, found: Found) -> Iterator[str]:
    looked: dict[str, list[int]] = defaultdict(list)
    for line in history.of_kind["looked"]:
        looked[line.workflow_id].append(line.value or 0)
    deleted = history.promised("deleting")
    for workflow_id, values in looked.items():
        if values != sorted(values) and workflow_id not in deleted:
            yield f"the event of {workflow_id} went back: {values}"
    for workflow_id, values in found.streams.items():
        row = found.rows.get(workflow_id)
        whole = row is not None and row.status == "SUCCESS"
        if values != list(range(1, len(values) + 1)) or (whole and len(values) != 6):
            yield f"the stream of {workflow_id} is {values}"


def _limits(history: History, asked: Asked, found: Found) -> Iterator[str]:
    """No more bodies at once than the queue allows, over all processes or in each.

    Cancelling or resuming a workflow frees its place while its step under way ends.
    """
    cancelled = history.promised("cancel").keys() | history.promised("resuming").keys()
    of_queue: dict[str, set[str]] = defaultdict(set)
    for workflow_id, queue in asked.queues.items():
        if workflow_id not in cancelled:
            of_queue[queue].add(workflow_id)
    for queue, most in LIMITS_OVERALL.items():
        yield from _at_once(history.spans(of_queue[queue]), most, f"queue {queue}")
    for key in set(asked.keys.values()):
        mine = {one for one in of_queue["keyed"] if asked.keys.get(one) == key}
        yield from _at_once(history.spans(mine), 1, f"partition {key}")
    for queue, most in LIMITS_HERE.items():
        spans = history.spans(of_queue[queue])
        for pid in {span.pid for span in spans}:
            mine_here = [span for span in spans if span.pid == pid]
            yield from _at_once(mine_here, most, f"queue {queue} in {pid}")
    starts = sorted(
        row.started_at_ms
        for row in found.rows.values()
        if row.queue_name == "rated" and row.started_at_ms is not None and row.rate_limited
    )
    for first, last in zip(starts, starts[RATE:], strict=False):
        if last - first < PERIOD_MS:
            yield f"more than {RATE} of queue rated began between {first} and {last}"


def _at_once(spans: Iterable[Span], most: int, where: str) -> Iterator[str]:
    moments: list[tuple[int, int, Span]] = []
    for span in spans:
        moments += [(span.begin_ns, 1, span), (span.end_ns, 0, span)]
    running: list[Span] = []
    for _, begins, span in sorted(moments, key=lambda one: one[:2]):
        if not begins:
            running.remove(span)
            continue
        running.append(span)
        if len(running) > most:
            yield f"{len(running)} at once in {where}: {running}"


def _orders(history: History, asked: Asked, found: Found) -> Iterator[str]:
    """Within a partition in the order of arrival; by priority among those that waited.

    A workflow that began more than once shows its last start only, so it is left out.
    """
    promised = {workflow_id: times[0] for workflow_id, times in history.promised("run").items()}
    entered: dict[str, int] = {}
    for line in history.of_kind["entered"]:
        entered.setdefault(line.workflow_id, line.at_ns)
    untouched = asked.plans.keys() - history.promised("resuming").keys()
    for key in set(asked.keys.values()):
        mine = [one for one, its in asked.keys.items() if its == key and one in untouched]
        begun = sorted((one for one in mine if one in entered), key=lambda one: entered[one])
        wanted = sorted(begun, key=lambda one: promised.get(one, FOREVER))
        if begun != wanted:
            wrong = next(pair for pair in zip(begun, wanted, strict=True) if pair[0] != pair[1])
            yield f"in partition {key}, {wrong[0]} began where {wrong[1]} was next"
    once = [
        row
        for row in found.rows.values()
        if row.workflow_id in asked.priorities and row.workflow_id in untouched
        if row.executions == 1 and row.started_at_ms is not None
    ]
    once.sort(key=lambda row: entered.get(row.workflow_id, FOREVER))
    for number, row in enumerate(once):
        for later in once[number + 1 :]:
            waited = asked.waiting_since_ms[later.workflow_id] < (row.started_at_ms or 0)
            better = asked.priorities[later.workflow_id] < asked.priorities[row.workflow_id]
            if waited and better:
                yield f"{row.workflow_id} began before {later.workflow_id}, which comes first"


def _cancellations(history: History) -> Iterator[str]:
    """After a cancellation was promised each process begins at most the step it stood before."""
    resumed = history.promised("resuming")
    for workflow_id, times in history.promised("cancel").items():
        if workflow_id in resumed:
            continue
        late = [line for line in history.of_kind["begin"] if line.workflow_id == workflow_id]
        counts = Counter(line.pid for line in late if line.at_ns > times[0])
        for pid, count in counts.items():
            if count > 1:
                yield f"{workflow_id} began {count} steps in {pid} after it was cancelled"


def _bursts(history: History, asked: Asked) -> Iterator[str]:
    """The last run of a burst has the last input that was promised, or one that came after it."""
    for key, last in asked.settled.items():
        numbers = [line.place for line in history.of_kind["settled"] if line.value == key]
        if not numbers or max(numbers) < last:
            yield f"debounced {key}: the last input was {last}, the runs had {numbers}"


def _ticks(found: Found) -> Iterator[str]:
    """A schedule with backfill has a workflow for each due time, between its first and its last."""
    for first, second in pairwise(found.ticks):
        if second - first != 1:
            yield f"the schedule fired at {first} and then at {second}"
