"""Comparing texts in tests: what a new program does to the workflows of an old one.

In: two programs as texts. Out: the comparison, or its findings as (path, line, code).
"""

from __future__ import annotations

from collections.abc import Mapping

from dbos_build.diff.build import of_program
from dbos_build.diff.judging import Comparison, Judgement, judge
from dbos_build.findings import Severity
from support.analysis import analyse

Texts = Mapping[str, str] | str


def comparison(old: Texts, new: Texts) -> Comparison:
    """The judgement of a new program; one text is `main.py`."""
    return judge(of_program(analyse(old), "old"), of_program(analyse(new), "new"))


def judgement(old: Texts, new: Texts, workflow: str) -> Judgement:
    """The judgement of one workflow of a new program."""
    found = comparison(old, new).workflows
    return next(each for each in found if each.name == workflow)


def found(old: Texts, new: Texts) -> list[tuple[str, int, str]]:
    """(path, line, code) of all that a comparison finds in the new texts, advice left out."""
    made = comparison(old, new)
    findings = [*made.findings, *(each for one in made.workflows for each in one.findings)]
    return sorted(
        (each.path, each.line, each.code) for each in findings if each.severity is not Severity.INFO
    )
