"""The labelled pairs of programs, seen from work in flight.

What a program really records, up to any crash, fits its own flow by names; and what a build would
prove of a pair is never what its execution refutes. Of the pairs, those are taken whose lines and
stored values are the hardest, and a sample of the others.
"""

from __future__ import annotations

from pathlib import Path

from dbos_build.diff import build as code
from dbos_build.inflight import proving
from dbos_build.inflight.fitting import fits
from dbos_build.inflight.reading import Operation
from support import pairs, truth
from support.analysis import analyse

ALL = pairs.read_all()
RUN = [each for place, each in enumerate(ALL) if each.file == "concurrency.md" or not place % 8]
PROVEN = [
    each
    for place, each in enumerate(ALL)
    if each.file in ("contracts.md", "patches.md") or not place % 8
]


def records(court: truth.Court, pair: pairs.Pair) -> list[tuple[str, list[Operation]]]:
    """What the old program of a pair has recorded at every crash, with the workflow's name."""
    with truth.loaded(pair.old) as module:
        begun = [(court._begin(module, run), run) for run in pair.runs]
        for workflow_id, _ in begun:
            truth._outcome(workflow_id)
    found: list[tuple[str, list[Operation]]] = []
    for workflow_id, run in begun:
        with court._database() as database:
            rows = database.execute(
                "SELECT function_id, position, function_name FROM operation_outputs"
                " WHERE workflow_uuid = ?",
                (workflow_id,),
            ).fetchall()
        for state in court._states(workflow_id, run):
            kept = [Operation(*row) for row in rows if row[0] in state.numbers]
            found.append((run.workflow, kept))
    return found


def test_what_a_program_records_fits_its_own_flow(tmp_path: Path) -> None:
    court = truth.Court(tmp_path)
    wrong: list[str] = []
    count = 0
    with court.session():
        for pair in RUN:
            flows = code.of_program(analyse(pair.old), "old").workflows
            for name, record in records(court, pair):
                found = fits(flows[name].flow, record)
                count += 1
                if not found.ok:
                    wrong.append(f"{pair}: {found.reason}")
    assert wrong == [], "\n".join(wrong)
    assert count > 200


def test_nothing_that_breaks_is_proven() -> None:
    wrong: list[str] = []
    safe = proven = 0
    for pair in PROVEN:
        old = code.of_program(analyse(pair.old), "old")
        new = code.of_program(analyse(pair.new), "new")
        before, after = old.workflows.get(pair.workflow), new.workflows.get(pair.workflow)
        if before is None or after is None or before.version == after.version:
            continue  # what has the same version needs no proof
        found = proving.difference(pair.workflow, old, new)
        safe += pair.is_safe
        proven += found.safe and pair.is_safe
        if found.safe and not pair.is_safe:
            wrong.append(f"{pair}: {found.reason}")
    assert wrong == [], "\n".join(wrong)
    assert proven >= 0.7 * safe
