"""The labels of the corpus, confirmed by execution: nobody has to believe them.

Every workflow of a determinism case runs in changed worlds (`support.oracle`). In a file of
violations it must come out differently, in a file of near misses it must not. A workflow whose
violation no execution shows carries `# unseen: <kind>` on its `def` line, one that is fine although
it stands among violations `# steady: <why>`; the kinds, and why nothing shows them, stand here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from support.oracle import Verdict, judge

CASES = Path(__file__).parent / "corpus" / "cases"
DETERMINISM = re.compile(r"DBS[0-7]\d\d")
MARK = re.compile(r"# (unseen|steady): (.+)$")
MORE_ROUNDS = 3

# Why an execution cannot show it, or shows it only by chance.
UNSEEN = {
    "blocking": "the workflow is slower, and nothing else",
    "callback order": "the loop calls what is ready in one order; the design is at fault",
    "environment": "only what reads the variable later would differ",
    "failure": "how far its siblings came shows only when a step fails",
    "growth": "the history grows until the workflow cannot be recovered in reasonable time",
    "import": "the module that is found is the same on this machine",
    "interpreter": "all worlds run on one interpreter",
    "missing await": "the step never runs, in any world",
    "output": "a line is printed again; no value depends on it",
    "resource": "the failure that it waits for does not happen here",
    "timing": "whether a task or a timer is done by then depends on how fast this machine is",
    "type": "the value cannot be stored; the oracle stores nothing",
    "waiting": "the workflow waits again; no value depends on it",
}


def cases() -> list[Path]:
    """The determinism cases that can run here: they need no third party but HTTP stand-ins."""
    found = (
        path
        for path in CASES.glob("*/*")
        if DETERMINISM.fullmatch(path.parent.name)
        and path.name.startswith(("violations", "near_misses"))
        and (path.is_dir() or path.suffix == ".py")
    )
    return sorted(
        path
        for path in found
        if path.is_dir() or "\nRUNNABLE = False\n" not in path.read_text(encoding="utf-8")
    )


def mark(verdict: Verdict) -> tuple[str, str]:
    """(kind of mark, its text) of a workflow, or two empty strings."""
    lines = verdict.file.read_text(encoding="utf-8").splitlines()
    for line in lines[verdict.line - 1 :]:
        if re.match(r"\s*(async )?def ", line):
            found = MARK.search(line)
            return (found.group(1), found.group(2)) if found else ("", "")
    return "", ""


@cache
def verdicts() -> tuple[Verdict, ...]:
    """What all worlds said of all cases; computed once."""
    return tuple(judge(cases()))


def shown_later(verdict: Verdict) -> bool:
    """Whether a workflow that was the same everywhere differs when it is asked again.

    A race shows only when the machine lets it, and a busy one may not; one difference proves it.
    """
    return not verdict.diverges and any(
        again.workflow == verdict.workflow and again.diverges
        for _ in range(MORE_ROUNDS)
        for again in judge([verdict.case])
    )


@pytest.mark.long
def test_labels_agree_with_what_happens() -> None:
    wrong = []
    for verdict in verdicts():
        kind, _ = mark(verdict)
        expected = verdict.case.name.startswith("violations") and kind != "steady"
        if kind != "unseen" and verdict.diverges != expected and not shown_later(verdict):
            place = f"{verdict.case.relative_to(CASES)} {verdict.workflow}"
            said = "diverges" if verdict.diverges else "is the same in all worlds"
            wrong.append(f"{place} {said}\n{verdict.difference}")
    assert wrong == [], "\n\n".join(wrong)
    assert sum(verdict.diverges for verdict in verdicts()) >= 200


def test_no_near_miss_fails_or_stays_unrecorded() -> None:
    """A workflow that raises everywhere is the same everywhere, and would prove nothing."""
    for verdict in verdicts():
        if verdict.case.name.startswith("near_misses"):
            last = verdict.traces[0].splitlines()[-1]
            assert not last.startswith(("raised", "not recorded")), f"{verdict.case}: {last}"


def test_every_exception_has_a_reason() -> None:
    marks = {mark(verdict) for verdict in verdicts()}
    kinds = {text for kind, text in marks if kind == "unseen"}
    assert kinds <= UNSEEN.keys()
    unseen = sum(mark(verdict)[0] == "unseen" for verdict in verdicts())
    assert unseen / len(verdicts()) < 0.15


def test_the_oracle_sees_an_invented_violation(tmp_path: Path) -> None:
    case = tmp_path / "invented.py"
    case.write_text(
        "from dbos import DBOS\nSEEN = []\n\n"
        "@DBOS.step()\ndef save(value: object) -> None: ...\n\n"
        "@DBOS.workflow()\ndef remembers(name: str) -> int:\n"
        "    SEEN.append(name)\n    save(len(SEEN))\n    return 1\n\n"
        "@DBOS.workflow()\ndef forgets(name: str) -> int:\n    save(name)\n    return 1\n",
        encoding="utf-8",
    )
    found = {verdict.workflow: verdict.diverges for verdict in judge([case], worlds=2)}
    assert found == {"remembers": True, "forgets": False}
