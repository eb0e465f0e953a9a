"""Unknown calls: what the rules about them look for, and the way that workflows take to it.

In: an analysed program. Out: unknown calls that workflows reach, each place once. Never does: judge
them; the analysis says what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbos_build.analysis.program import Program
from dbos_build.analysis.unknowns import UnknownCall, on_the_way, unknown_in
from dbos_build.rules.looks import Look
from dbos_build.rules.survey import survey_of

UNKNOWN = Look(unknown_in)


def unknown_calls(program: Program, looks: Sequence[Look]) -> Iterator[UnknownCall]:
    """The unknown calls in what workflows run, with the first workflow that comes there."""
    survey = survey_of(program, looks)
    notes = survey.notes(UNKNOWN)
    for declaration, item in survey.visits(("workflow",), notes):
        for node, unknown in notes[item.activation]:
            yield on_the_way(item, node, unknown, declaration.name)
