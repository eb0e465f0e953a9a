from collections import Counter
from collections.abc import Iterable

from dbos import DBOS

BALLOTS: set[str] = {"north", "south", "east"}
SEEN: list[str] = []


@DBOS.step()
def count(station: str) -> dict[str, int]:
    return {station: 1}


def merged(parts: Iterable[dict[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return total


@DBOS.workflow()
def tally() -> str:
    parts = []
    for station in BALLOTS:  # flags: DBS501
        parts.append(count(station))
        SEEN.append(station)  # flags: DBS602
    total = merged(parts)
    winner, _votes = total.most_common(1)[0]
    return winner


@DBOS.workflow()
def audit() -> int:
    return sum(len(name) for name in BALLOTS) + len(BALLOTS & {"north"})
