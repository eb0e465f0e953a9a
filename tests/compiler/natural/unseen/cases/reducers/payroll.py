from __future__ import annotations

import heapq
import random
import time
from collections import Counter, defaultdict, deque
from functools import partial, reduce
from itertools import accumulate, chain, groupby, starmap, takewhile
from typing import NotRequired, Required, TypedDict, Unpack

from dbos import DBOS


class Shift(TypedDict, total=False):
    who: Required[str]
    hours: Required[int]
    night: NotRequired[bool]


class PayOptions(TypedDict, total=False):
    rate: int
    bonus: int


def pay(shift: Shift, *, rate: int = 20, night_factor: int = 2) -> int:
    return shift["hours"] * rate * (night_factor if shift.get("night") else 1)


def jittered(shift: Shift) -> float:
    return pay(shift) + random.random()  # flags: DBS101


def merge(left: dict[str, int], shift: Shift) -> dict[str, int]:
    return {**left, shift["who"]: left.get(shift["who"], 0) + pay(shift)}


def merge_timed(left: dict[str, float], shift: Shift) -> dict[str, float]:
    return left | {shift["who"]: time.time()}  # flags: DBS001


def lottery(_: Shift) -> int:
    return random.randint(0, 9)  # flags: DBS101


@DBOS.step()
def transfer(who: str, amount: int) -> str:
    return f"{who}:{amount}"


@DBOS.step()
def announce(line: str) -> str:
    return line


@DBOS.workflow()
def payday(shifts: list[Shift]) -> list[str]:
    totals = reduce(merge, shifts, {})
    announced = partial(announce, "payday")()
    done = list(starmap(transfer, sorted(totals.items())))
    return [announced, *done, *map(announce, totals)]


@DBOS.workflow()
def payday_jittered(shifts: list[Shift]) -> float:
    best = max(map(jittered, shifts))
    transfer("best", int(best))
    return best


@DBOS.workflow()
def payday_stamped(shifts: list[Shift]) -> dict[str, float]:
    return reduce(merge_timed, shifts, dict[str, float]())


@DBOS.workflow()
def draw(shifts: list[Shift]) -> list[str]:
    ordered = sorted(shifts, key=lottery)
    return [announce(shift["who"]) for shift in ordered]


@DBOS.workflow()
def ranking(shifts: list[Shift], **options: Unpack[PayOptions]) -> list[str]:
    by_person: defaultdict[str, list[int]] = defaultdict(list)
    rng = random.Random(len(shifts))
    for shift in shifts:
        by_person[shift["who"]].append(pay(shift, rate=options.get("rate", 20)))
    heap = [(-sum(pays), who) for who, pays in by_person.items()]
    heapq.heapify(heap)
    top = [heapq.heappop(heap)[1] for _ in range(min(3, len(heap)))]
    rng.shuffle(top)
    steps = deque(accumulate(chain.from_iterable(by_person.values())), maxlen=5)
    common = Counter(shift["who"] for shift in shifts).most_common(1)
    grouped = {key: len(list(group)) for key, group in groupby(shifts, key=lambda s: s.get("night", False))}
    low = list(takewhile(lambda amount: amount < 100, steps))
    return [announce(f"{top}{low}{common}{grouped}")]


@DBOS.workflow()
def teams(shifts: list[Shift]) -> list[str]:
    people = {shift["who"] for shift in shifts}
    pairs = [transfer(who, 1) for who in people if who]  # flags: DBS501
    size = sum(1 for _ in people)
    longest = max(people, key=len)  # maybe: DBS502 DBS501
    return pairs + [announce(f"{size} {longest}"), announce(min(people))]
