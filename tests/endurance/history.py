"""The ledger, arranged for judgement: what each process and each workflow went through.

In: the lines of a ledger. Out: `History`. It only arranges; `verdict` judges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from endurance.ledger import Line

FOREVER = 1 << 63


@dataclass(frozen=True, slots=True)
class Span:
    """Some time in which a process was at something."""

    begin_ns: int
    end_ns: int
    pid: int
    workflow_id: str


class History:
    """Lookups over the lines; those of a workflow and place are in the order of time."""

    def __init__(self, lines: Iterable[Line], lease_seconds: float) -> None:
        self.lines = list(lines)
        self.of_kind: dict[str, list[Line]] = defaultdict(list)
        self._began: dict[tuple[str, int], list[Line]] = defaultdict(list)
        self._saw: dict[tuple[str, int], list[Line]] = defaultdict(list)
        for line in self.lines:
            self.of_kind[line.kind].append(line)
        for line in self.of_kind["begin"]:
            self._began[line.workflow_id, line.place].append(line)
        for line in self.of_kind["saw"]:
            self._saw[line.workflow_id, line.place].append(line)
        self._gone = {line.pid: line.at_ns for line in self.of_kind["killed"]}
        self._gone |= {line.pid: line.at_ns for line in self.of_kind["stopping"]}
        self._absences = self._long_absences(lease_seconds)
        self.promises = [
            (line.at_ns, line.workflow_id, *line.value) for line in self.of_kind["promised"]
        ]

    def _long_absences(self, lease_seconds: float) -> dict[int, int]:
        """When a process first stood still for so long that others may take its work over."""
        found: dict[int, int] = {}
        frozen: dict[int, int] = {}
        for line in self.lines:
            if line.kind == "frozen":
                frozen[line.pid] = line.at_ns
            elif line.kind == "thawed":
                began = frozen.pop(line.pid)
                if line.at_ns - began > lease_seconds * 0.5e9:
                    found.setdefault(line.pid, began)
        return found

    def lost_at(self, pid: int) -> int:
        """From when on a process may have lost its work: it died, stopped, or stood still."""
        return min(self._gone.get(pid, FOREVER), self._absences.get(pid, FOREVER))

    def begun(self) -> dict[tuple[str, int], list[Line]]:
        """The beginnings of each step."""
        return self._began

    def seen(self) -> dict[tuple[str, int], list[Line]]:
        """What the body of each workflow saw of each operation, in all its lives."""
        return self._saw

    def nonces(self) -> dict[str, set[Any]]:
        """What the steps of each workflow really answered."""
        found: dict[str, set[Any]] = defaultdict(set)
        for line in self.of_kind["end"]:
            found[line.workflow_id].add(line.value)
        return found

    def spans(self, wanted: set[str]) -> list[Span]:
        """When bodies of these workflows ran, as far as their process had not lost its work."""
        made: list[Span] = []
        open_since: dict[tuple[int, str], int] = {}
        for line in self.lines:
            key = (line.pid, line.workflow_id)
            if line.workflow_id not in wanted:
                continue
            if line.kind == "entered":
                open_since[key] = line.at_ns
            elif line.kind == "left" and key in open_since:
                made.append(self._span(open_since.pop(key), line.at_ns, *key))
        made += [self._span(begin, FOREVER, *key) for key, begin in open_since.items()]
        return [span for span in made if span.begin_ns < span.end_ns]

    def _span(self, begin_ns: int, end_ns: int, pid: int, workflow_id: str) -> Span:
        return Span(begin_ns, min(end_ns, self.lost_at(pid)), pid, workflow_id)

    def promised(self, what: str) -> dict[str, list[int]]:
        """When something was promised, by workflow."""
        found: dict[str, list[int]] = defaultdict(list)
        for at_ns, workflow_id, kind, _ in self.promises:
            if kind == what:
                found[workflow_id].append(at_ns)
        return found
