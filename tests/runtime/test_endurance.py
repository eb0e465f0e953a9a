"""One short, calm endurance run, so that the long ones can start; and a verdict that is not blind.

What an endurance run is stands in tests/endurance/README.md.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from endurance.campaign import Campaign, run
from endurance.driver import Asked
from endurance.history import History
from endurance.ledger import Ledger, Line, read
from endurance.verdict import Found, Row, judge

LEASE_SECONDS = 3.0


@pytest.mark.long
def test_a_run_without_trouble_finds_nothing(tmp_path: Path) -> None:
    """Trouble meets the work at moments of chance, which has no place here."""
    calm = Campaign(
        database="sqlite", seed=5, seconds=2.0, workers=2, kinds=(), lease_seconds=600.0
    )
    report = run(calm, tmp_path)
    assert report.violations == []
    assert report.happened["end"] > 0


def row(workflow_id: str, status: str = "SUCCESS") -> Row:
    return Row(workflow_id, status, "errand", None, 1, 1, 0)


def found(*rows: Row, **changes: object) -> Found:
    whole = Found(
        rows={one.workflow_id: one for one in rows},
        results={},
        errors={},
        streams={},
        transfers=[],
        total=0,
        remains={},
        ticks=[],
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def history(*lines: tuple[int, str, str, int, object]) -> History:
    """Lines of a process, a kind, a workflow, a place and a value, one second after the other."""
    made = [Line(at * 10**9, *line) for at, line in enumerate(lines)]
    return History(made, LEASE_SECONDS)


TWICE = ((1, "begin", "w", 0, "a"), (1, "end", "w", 0, "a"), (1, "saw", "w", 0, "a"))
AT_ONCE = ((1, "entered", "x", -1, None), (2, "entered", "y", -1, None))


@pytest.mark.parametrize(
    ("seen", "asked", "database", "words"),
    [
        pytest.param((), Asked(plans={"w": []}), found(), "is lost", id="lost"),
        pytest.param((), Asked(), found(row("w", "PENDING")), "never ended", id="stuck"),
        pytest.param((), Asked(), found(row("w", "ERROR")), "failed", id="failed"),
        pytest.param(
            (*TWICE, (2, "begin", "w", 0, "b")),
            Asked(),
            found(row("w"), results={"w": ["a"]}),
            "ran again after it was seen",
            id="repeated",
        ),
        pytest.param(
            (*TWICE, (2, "saw", "w", 0, "b")), Asked(), found(), "different values", id="values"
        ),
        pytest.param(TWICE, Asked(), found(row("w")), "its result is", id="result"),
        pytest.param(
            AT_ONCE, Asked(queues=dict.fromkeys("xy", "single")), found(), "at once", id="limit"
        ),
        pytest.param(
            (), Asked(), found(transfers=[("w", 0), ("w", 0)], total=2), "2 times", id="doubled"
        ),
        pytest.param((), Asked(), found(ticks=[1, 2, 4]), "fired at 2 and then at 4", id="tick"),
        pytest.param((), Asked(settled={"k": 3}), found(), "the last input was 3", id="burst"),
        pytest.param(
            (),
            Asked(collectors={"c": 2}),
            found(row("c"), results={"c": [["s", 1], ["s", 0]]}),
            "got the letters of s as [1, 0]",
            id="letters",
        ),
    ],
)
def test_the_verdict_sees(
    seen: tuple[tuple[int, str, str, int, object], ...], asked: Asked, database: Found, words: str
) -> None:
    violations = judge(history(*seen), asked, database)
    assert any(words in one for one in violations), violations


def test_who_was_killed_may_have_its_step_repeated() -> None:
    lines = history(
        (1, "begin", "w", 0, "a"), (1, "killed", "", -1, None), (2, "begin", "w", 0, "b")
    )
    assert judge(lines, Asked(), found()) == []


def test_a_ledger_keeps_the_order_of_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.note("first", "w", 1, ["any"])
    ledger.note("second", pid=7)
    ledger.close()
    first, second = read(ledger.path)
    assert (first.kind, first.workflow_id, first.place, first.value) == ("first", "w", 1, ["any"])
    assert (second.kind, second.pid) == ("second", 7)
    assert first.at_ns <= second.at_ns
