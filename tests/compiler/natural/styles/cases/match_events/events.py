from __future__ import annotations

import os
import re
from dataclasses import dataclass

from dbos import DBOS


@dataclass(frozen=True)
class Created:
    name: str


@dataclass(frozen=True)
class Moved:
    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Purged:
    names: frozenset[str]


Event = Created | Moved | Purged
PATTERN = re.compile(r"(?P<verb>\w+) (?P<rest>.*)")


@DBOS.step()
def apply(text: str) -> int:
    return len(text)


@DBOS.workflow()
def play(event: Event) -> int:
    match event:
        case Created(name=name) | Moved(name, 0, 0):
            return apply(name)
        case Moved(name, x, y) if (distance := abs(x) + abs(y)) > 10:
            return apply(f"{name} {distance}")
        case Purged(names):
            for name in names:  # flags: DBS501
                apply(name)
            return len(names)
        case _:
            return 0


@DBOS.workflow()
def parse(line: str) -> int:
    if (found := PATTERN.match(line)) is None:
        return 0
    match found.groupdict():
        case {"verb": "put", "rest": rest}:
            return apply(rest)
        case {"verb": "drop" | "remove"}:
            return -1
    return 0


@DBOS.workflow()
def parse_by_machine(line: str) -> int:
    match os.getenv("MODE"):  # flags: DBS301
        case "strict":
            return apply(line)
        case _:
            return 0


@DBOS.workflow()
def drain(lines: list[str]) -> int:
    total = 0
    while lines and (line := lines.pop()):
        total += apply(line)
    while (size := os.path.getsize("queue.log")) > total:  # flags: DBS203
        total += size
    return total
