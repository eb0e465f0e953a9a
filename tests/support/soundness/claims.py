"""Claims: what the comparison of two programs claims, held against what they do.

In: two programs. Out: what is claimed of them, by flows and by versions, and each claim that an
execution contradicts. The old program runs on every input with several scripts of answers; the new
one goes on from each of its records, with all prefixes when a patch makes the length matter.
Never: holds errors of wrong code, such as a TypeError, against a claim: code of a workflow that is
no operation and no `raise` counts as total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build import flow, versions
from dbos_build.analysis.program import Program
from dbos_build.diff.comparing import compare
from support.programs import analysed
from support.soundness import stand_in
from support.soundness.answers import script
from support.soundness.programs import INPUTS
from support.soundness.stand_in import Asked, Run, Script

SCRIPTS = tuple(script(seed) for seed in range(3))
MODULE = "program.py"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of going from one program to another, and why."""

    kind: str
    reason: str
    is_same_version: bool

    @property
    def is_safe(self) -> bool:
        """Whether every run of the old program is said to go on in the new one."""
        return self.is_same_version or self.kind in ("equivalent", "forward-safe")

    @property
    def is_exact(self) -> bool:
        """Whether both programs are said to do the same to the end."""
        return self.is_same_version or self.kind == "equivalent"


class Known:
    """A program with what the compiler says of its workflow, and with what it does."""

    def __init__(self, text: str) -> None:
        program: Program = analysed({MODULE: text})
        main = next(each for each in program.workflows if each.name == "main")
        self.text = text
        self.flow = flow.build(program, main)
        self.version = versions.compute(program).workflows["main"].version
        self.code = stand_in.compiled(text)
        self._runs: dict[tuple[int, int], Run] = {}

    def run(self, place: int, number: int) -> Run:
        """What the workflow does from its beginning, with one of the inputs and of the scripts."""
        found = self._runs.get((place, number))
        if found is None:
            found = stand_in.execute(self.code, INPUTS[place], SCRIPTS[number])
            self._runs[place, number] = found
        return found


def claimed(old: Known, new: Known) -> Claim:
    """What is said of going from one program to another."""
    verdict = compare(old.flow, new.flow)
    return Claim(verdict.kind, verdict.reason, old.version == new.version)


def contradictions(old: Known, new: Known, claim: Claim) -> Iterator[str]:
    """Each way in which executions contradict a claim that is safe; none for other claims."""
    if not claim.is_safe:
        return
    for place, given in enumerate(INPUTS):
        for number, answers in enumerate(SCRIPTS):
            run = old.run(place, number)
            for record in _prefixes(run.asked, "DBOS.patch" in new.text + old.text):
                again = stand_in.execute(new.code, given, answers, record)
                problem = _problem(run, again, record, claim)
                if problem:
                    yield f"main{given}, script {number}: {problem}"
                    break


def goes_on(old: str, new: str, answers: Script) -> bool:
    """Whether the runs of one program go on in another, whatever anybody claims."""
    claim = Claim("forward-safe", "to see", is_same_version=False)
    former, later = stand_in.compiled(old), stand_in.compiled(new)
    return not any(
        _problem(run, stand_in.execute(later, given, answers, run.asked), run.asked, claim)
        for given in INPUTS
        for run in [stand_in.execute(former, given, answers)]
    )


def _prefixes(asked: dict[str, Asked], is_patched: bool) -> Iterator[dict[str, Asked]]:
    if is_patched:
        for length in range(len(asked)):
            yield dict(list(asked.items())[:length])
    yield asked


def _problem(run: Run, again: Run, record: dict[str, Asked], claim: Claim) -> str:
    """What is wrong with going on from a record; empty when nothing is."""
    if again.differences:
        return again.differences[0]
    if again.ending.kind == "crashed":
        return ""
    left = [each for position, each in record.items() if position not in again.asked]
    if left and again.ending.kind != "cut":
        return f"{left[0].name}{left[0].given} is recorded, and never asked for"
    if not claim.is_exact or "crashed" in (run.ending.kind, again.ending.kind):
        return ""
    if len(again.asked) > len(run.asked) and run.ending.kind != "cut":
        more = next(each for place, each in again.asked.items() if place not in run.asked)
        return f"claimed to be equal, and asks for {more.name}{more.given} more"
    both = {run.ending.kind, again.ending.kind}
    if "cut" not in both and run.ending != again.ending:
        return f"claimed to be equal, and ends with {again.ending} instead of {run.ending}"
    return ""
