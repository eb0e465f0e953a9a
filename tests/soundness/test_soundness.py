"""What is called safe is safe: random changes of random programs, held against executions.

`fuzz.py` beside this file goes on for as long as one likes. Here some hundred changes are tried,
the same ones every time; what once was called safe and is not stands in
`tests/compiler/flow/changes.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from dbos_build.diff.comparing import compare
from support import truth
from support.pairs import Pair, Run
from support.soundness import stand_in
from support.soundness.answers import script
from support.soundness.claims import Claim, Known, contradictions, goes_on
from support.soundness.edits import edited
from support.soundness.idle_edits import IDLE, accompanied
from support.soundness.programs import INPUTS, program
from support.soundness.trials import Trial, trials

PROGRAMS, EDITS = 24, 8
ANSWERS = script(0, counts=False)
WAITING = re.compile(r"sleep|recv|child, |async def main|SetWorkflowID\(")
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")


@pytest.fixture(scope="module")
def tried() -> list[Trial]:
    return list(trials(1, PROGRAMS, EDITS))


def test_no_execution_contradicts_what_is_called_safe(tried: list[Trial]) -> None:
    wrong = [
        f"seed {each.seed}, {each.edits}, {each.claim.kind}: {each.problem}\n{each.new}"
        for each in tried
        if each.problem
    ]
    assert wrong == [], "\n".join(wrong)


def test_the_changes_are_of_every_kind(tried: list[Trial]) -> None:
    counts = Counter(each.claim.kind for each in tried)
    assert counts["breaking"] >= 50
    assert counts["equivalent"] >= 30
    assert counts["forward-safe"] >= 5
    names = {name for each in tried for name in each.edits.split("+")}
    assert len(names) >= 20


def test_edits_that_cannot_matter_change_neither_version_nor_flow() -> None:
    wrong = []
    for seed in range(500, 510):
        text = program(seed)
        old = Known(text)
        for edit in IDLE:
            new = Known(edit(text))
            assert new.text != text
            if new.version != old.version:
                wrong.append(f"seed {seed}: {edit.__name__} changes the version")
            # Who may assign a global variable is asked of its whole module.
            is_seen = edit is not accompanied
            if is_seen and compare(old.flow, new.flow).kind != "equivalent":
                wrong.append(f"seed {seed}: {edit.__name__} changes the flow")
    assert wrong == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("n2 = count(n0)", "n2 = count(n0 + 1)"),
        ("n2 = count(n0)", "n2 = rows(n0)"),
        ("n2 = count(n0)\n    count(1)", "n2 = count(n0)"),
        ("count(l0)\n    l0.append(1)", "l0.append(1)\n    count(l0)"),
    ],
)
def test_a_wrong_claim_is_contradicted(before: str, after: str) -> None:
    text = program(4)
    head, _, _ = text.partition("\n@DBOS.workflow()\ndef main")
    old, new = (
        Known(f"{head}\n@DBOS.workflow()\ndef main(n0, l0, d0, n1=2):\n    {body}\n")
        for body in (before, after)
    )
    claim = Claim("forward-safe", "", is_same_version=False)
    assert list(contradictions(old, new, claim))
    assert not goes_on(old.text, new.text, ANSWERS)


_BODY = re.compile(
    r"^@DBOS\.(step|transaction)\((?:name=\"(\w+)\")?\)\ndef (\w+)\(\*given\)(.*): \.\.\.$",
    re.MULTILINE,
)


def _real(text: str) -> str:
    """A program whose steps give in the real runtime what they give here."""
    answered = _BODY.sub(
        lambda found: (
            found[0].removesuffix(" ...")
            + f'\n    return real(globals(), "{found[1]} {found[2] or found[3]}", given)'
        ),
        text,
    )
    return "from support.soundness.answers import real\n" + answered


def _ends(text: str) -> bool:
    """Whether every run of a program comes to an end, and soon."""
    code = stand_in.compiled(text)
    runs = [stand_in.execute(code, given, ANSWERS) for given in INPUTS]
    return all(run.ending.kind in ("returned", "raised") and len(run.asked) < 9 for run in runs)


def test_the_stand_in_for_the_runtime_agrees_with_it(tmp_path: Path) -> None:
    court = truth.Court(tmp_path)
    runs = tuple(Run("main", args=given, kwargs={}, messages=()) for given in INPUTS)
    wrong, rulings = [], Counter[bool]()
    with court.session():
        for seed in range(700, 730):
            old = program(seed)
            new, _ = edited(old, Random(seed))
            is_waiting = WAITING.search(old[3000:] + new[3000:])
            if is_waiting or not new or not (_ends(old) and _ends(new)):
                continue
            files = [{"main.py": _real(text)} for text in (old, new)]
            ruling = court.judge(Pair("", seed, "", "", files[0], files[1], runs))
            if " fails with " in ruling.reason:
                continue  # the court also looks at how a run ends behind its record
            is_safe = goes_on(old, new, ANSWERS)
            rulings[is_safe] += 1
            if is_safe != ruling.is_safe:
                wrong.append(f"seed {seed}: {ruling.reason or 'is safe'}")
    assert wrong == []
    assert min(rulings[True], rulings[False]) >= 2, rulings
