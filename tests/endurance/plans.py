"""Plans: what the workflows of an endurance run do, drawn by chance from a seed.

In: a `random.Random`. Out: JSON that `worker.errand` carries out, one list for each operation with
its name and arguments. The same state of the generator gives the same plan. It never touches a
database.
"""

from __future__ import annotations

from random import Random
from typing import Any

QUEUES = ("plain", "single", "pair", "rated", "keyed", "ranked")
KEYS = ("red", "green", "blue")
DEEPEST = 2
# Longer than all trouble: a letter that is missing then is lost.
RECEIVE_SECONDS = 90.0

Plan = list[list[Any]]


def errand(random: Random, known: list[str], depth: int = 0) -> Plan:
    """A few operations of any kind; `known` are workflows that may be looked at."""
    return [_operation(random, known, depth) for _ in range(random.randint(1, 6))]


def _operation(random: Random, known: list[str], depth: int) -> list[Any]:
    kinds = ["work"] * 6 + ["transfer"] * 3 + ["flaky", "sleep", "publish", "stream", "receive"]
    if known:
        kinds.append("look")
    if depth < DEEPEST:
        kinds += ["child"] * 2
    match random.choice(kinds):
        case "work":
            return ["work", random.choice((0.0, 0.0, 0.01, 0.1, 0.5))]
        case "flaky":
            return ["flaky", random.randint(0, 2)]
        case "sleep":
            return ["sleep", random.choice((0.0, 0.05, 0.5, 2.0))]
        case "publish":
            return ["publish", "any", random.randint(0, 9)]
        case "stream":
            return ["stream", "any", random.randint(0, 9)]
        case "receive":
            return ["receive", "nothing", random.choice((0.0, 0.1, 1.0))]
        case "look":
            return ["look", random.choice(known), "any"]
        case "child":
            how = random.choice(("call", "start", "plain", "pair"))
            # Who holds a place in a queue must not wait for one in it.
            plan = short(random) if how == "pair" else errand(random, known, depth + 1)
            return ["child", how, plan, None]
        case _:
            return ["transfer"]


def counting(random: Random, most: int) -> Plan:
    """Publish 1, 2, 3, … as an event and in a stream."""
    plan: Plan = []
    for number in range(1, most + 1):
        plan += [["publish", "count", number], ["stream", "count", number]]
        if random.random() < 0.5:
            plan.append(["work", 0.02])
    return plan


def collecting(letters: int) -> Plan:
    """Receive so many letters."""
    return [["receive", "letters", RECEIVE_SECONDS] for _ in range(letters)]


def writing(random: Random, to: str, letters: int) -> Plan:
    """Send numbered letters, with something in between now and then."""
    plan: Plan = []
    for number in range(letters):
        plan.append(["send", to, "letters", number])
        if random.random() < 0.3:
            plan.append(["work", 0.02])
    return plan


def short(random: Random) -> Plan:
    """What is enqueued for the sake of its place in a queue."""
    return [["work", random.choice((0.0, 0.02, 0.1))] for _ in range(random.randint(1, 2))]
