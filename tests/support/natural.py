"""Natural programs: whole applications with marks, and how well the checker does on them.

A line that must be flagged ends in `# flags: DBS001 DBS104`; a line where people disagree whether
it is worth a finding ends in `# maybe: DBS603`, which counts neither for nor against the checker.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.findings import Finding, Severity
from dbos_build.settings.config import Settings
from support.analysis import project

CASES = Path(__file__).parent.parent / "compiler" / "natural" / "cases"
HELD_OUT = CASES.parent / "held_out" / "cases"
LAST = CASES.parent / "last" / "cases"
"""Programs written after the checker had been repaired for the ones before."""
FIELD = CASES.parent / "field" / "cases"
"""Sixty programs in the styles of published ones: shops, agents, loaders, billing, plug-ins."""
FIELD_AGAIN = CASES.parent / "field_again" / "cases"
"""Fifty-one more, written after what the sixty had shown was repaired."""
STYLES = CASES.parent / "styles" / "cases"
"""Forty-four in styles of their own: containers, descriptors, metaclasses, pipelines, notebooks."""
STYLES_AGAIN = CASES.parent / "styles_again" / "cases"
"""Nine more, written after what the forty-four had shown was repaired."""
UNSEEN = CASES.parent / "unseen" / "cases"
"""Thirty-one of the libraries and habits of late 2026: providers, hooks, executors, models."""
UNSEEN_AGAIN = CASES.parent / "unseen_again" / "cases"
"""Six more, written after what the thirty-one had shown was repaired."""
_FLAGS = re.compile(r"# flags:((?: DBS\d{3})+)")
_MAYBE = re.compile(r"# maybe:((?: DBS\d{3})+)")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A code at a line of an application."""

    application: str
    path: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.application}/{self.path}:{self.line} {self.code}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the checker said of one application, beside what it should have said."""

    wanted: frozenset[Place]
    undecided: frozenset[Place]
    found: frozenset[Place]

    @property
    def missed(self) -> list[Place]:
        """Violations without a finding."""
        return sorted(self.wanted - self.found)

    @property
    def wrong(self) -> list[Place]:
        """Findings without a violation."""
        return sorted(self.found - self.wanted - self.undecided)


def applications(cases: Path = CASES) -> list[str]:
    """The names of all applications."""
    return sorted(path.name for path in cases.iterdir() if path.is_dir())


def texts(application: str, cases: Path = CASES) -> dict[str, str]:
    """The files of an application by path."""
    root = cases / application
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
    }


def analyse(application: str, cases: Path = CASES) -> program.Program:
    """The analysed program of an application."""
    return program.analyse(project(texts(application, cases)), Settings())


def measure(application: str, cases: Path = CASES) -> Measured:
    """Check one application and compare with its marks; advice (info) is left out."""
    files = texts(application, cases)
    found: list[Finding] = rules.check(analyse(application, cases))
    return Measured(
        _marks(_FLAGS, application, files),
        _marks(_MAYBE, application, files),
        frozenset(
            Place(application, each.path, each.line, each.code)
            for each in found
            if each.severity is not Severity.INFO
        ),
    )


def _marks(pattern: re.Pattern[str], application: str, files: dict[str, str]) -> frozenset[Place]:
    return frozenset(
        Place(application, path, number, code)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), start=1)
        for mark in [pattern.search(line)]
        if mark is not None
        for code in mark.group(1).split()
    )


def score(measured: list[Measured]) -> str:
    """Recall and precision over some applications, in total and per family of rules."""
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for each in measured:
        for family in ("total", "code"):
            wanted.update(_family(place, family) for place in each.wanted)
            right.update(_family(place, family) for place in each.wanted & each.found)
            said.update(_family(place, family) for place in each.found - each.undecided)
    return "\n".join(
        f"{family}: recall {right[family]}/{wanted[family]}, "
        f"precision {right[family]}/{said[family]}"
        for family in sorted(wanted | said)
    )


def _family(place: Place, family: str) -> str:
    return "total" if family == "total" else f"{place.code[:4]}xx"


def main(cases: Path = CASES) -> None:
    """Print every difference and the score."""
    measured = [measure(application, cases) for application in applications(cases)]
    for each in measured:
        for place in each.missed:
            print("missed", place)
        for place in each.wrong:
            print("wrong ", place)
    print(score(measured))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
