"""Proofs that builds hand on: made, chained, bounded, dropped, and kept by `verify`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbos_build import cli
from dbos_build.building import manifest
from dbos_build.building.manifest import Manifest, lock_text
from dbos_build.error import ManifestError
from dbos_build.inflight import succession
from support.analysis import analyse

HEAD = """\
from dataclasses import dataclass
from dbos import DBOS

@dataclass
class Receipt:
    number: int

@DBOS.step()
def reserve(order): ...

@DBOS.step()
def charge(order) -> Receipt: ...

@DBOS.step()
def ship(order): ...

"""
FIRST = HEAD + "@DBOS.workflow()\ndef checkout(order: str):\n    reserve(order)\n"
LONGER = FIRST + "    charge(order)\n"
LONGEST = LONGER + "    ship(order)\n"
BROKEN = FIRST.replace("    reserve(order)\n", "    ship(order)\n    reserve(order)\n")


def built(source: str, *before: Manifest | str) -> Manifest:
    """A build of a source, after builds or lock files."""
    texts = [each if isinstance(each, str) else lock_text(each) for each in before]
    former = [one for text in texts for one in succession.former(text, "former.lock")]
    return succession.carried(manifest.make(analyse(source)), former)


def version(made: Manifest) -> str:
    (entry,) = made.workflows
    return entry.version


def taken_over(made: Manifest) -> dict[str, str]:
    (entry,) = made.workflows
    return {proof.version: proof.reason for proof in entry.takes_over}


def test_a_first_build_takes_nothing_over() -> None:
    assert taken_over(built(FIRST)) == {}
    assert "takes_over" not in lock_text(built(FIRST))


def test_a_safe_change_is_proven_with_its_reason() -> None:
    first = built(FIRST)
    second = built(LONGER, first)
    assert list(taken_over(second)) == [version(first)]
    assert taken_over(second)[version(first)].startswith("forward-safe: ")
    # The lock holds it, so that the next build finds it.
    (locked,) = succession.former(lock_text(second), "second.lock")
    assert locked.workflows["checkout"].takes_over == second.workflows[0].takes_over


def test_proofs_chain_the_newest_first() -> None:
    first = built(FIRST)
    second = built(LONGER, first)
    third = built(LONGEST, second)
    assert list(taken_over(third)) == [version(second), version(first)]
    assert taken_over(third)[version(first)].endswith(f"(by way of {version(second)})")


def test_a_step_that_is_not_proven_drops_the_whole_chain() -> None:
    second = built(LONGER, built(FIRST))
    assert taken_over(built(BROKEN, second)) == {}


def test_building_again_changes_nothing() -> None:
    second = built(LONGER, built(FIRST))
    assert built(LONGER, second) == second


def test_a_return_to_an_earlier_version_does_not_list_itself() -> None:
    first = built(FIRST)
    second = built(LONGER, first)
    # What had recorded the second step cannot go on in code that ends before it.
    assert taken_over(built(FIRST, second)) == {}
    third = built(LONGER.replace("return", ""), second)
    assert version(third) not in taken_over(third)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FIRST, LONGER.replace("order: str)", "order: str, note)")),
        (
            FIRST,
            LONGER.replace("checkout(order: str)", "checkout(number: str)").replace(
                "(order)\n    charge(order)", "(number)\n    charge(number)"
            ),
        ),
        (LONGER, LONGEST.replace("    number: int\n", "    number: int\n    cents: int\n")),
        (LONGER, LONGEST.replace("Receipt", "Invoice")),
    ],
    ids=[
        "new parameter",
        "renamed parameter",
        "new field of a result",
        "renamed class of a result",
    ],
)
def test_stored_values_that_no_longer_fit_are_no_safe_change(old: str, new: str) -> None:
    assert old != new
    assert taken_over(built(new, built(old))) == {}


def test_the_list_is_bounded_and_keeps_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succession, "LONGEST", 4)
    made = built(FIRST)
    versions = [version(made)]
    text = lock_text(made)
    for number in range(succession.LONGEST + 3):
        source = FIRST + "".join(f"    charge({each})\n" for each in range(number + 1))
        made = built(source, text)
        versions.insert(0, version(made))
        text = lock_text(made)
    assert list(taken_over(made)) == versions[1 : succession.LONGEST + 1]


def conflicted(ours: str, theirs: str) -> str:
    """What git leaves of two lock files."""
    return f"<<<<<<< HEAD\n{ours}||||||| base\n{{}}\n=======\n{theirs}>>>>>>> topic\n"


def test_both_sides_of_a_merge_conflict_are_former_builds() -> None:
    first = built(FIRST)
    ours = built(LONGER, first)
    theirs = built(FIRST + "    ship(order)\n", first)
    merged = built(LONGEST, conflicted(lock_text(ours), lock_text(theirs)))
    assert version(ours) in taken_over(merged)
    assert version(theirs) not in taken_over(merged)
    assert version(first) in taken_over(merged)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', "<<<<<<<\n=======\n>>>>>>>\n", "\x00", "null"]
)
def test_a_lock_that_cannot_be_read_proves_nothing(text: str) -> None:
    assert succession.former(text, "former.lock") == ()
    assert taken_over(built(LONGER, text)) == {}


@pytest.mark.parametrize(
    "takes_over", [{}, ["v1-x"], [["v1-x"]], [["v1-x", 1]], [["", "why"]], None, "v1-x"]
)
def test_a_malformed_list_is_a_damaged_lock(takes_over: object) -> None:
    document = json.loads(lock_text(built(FIRST)))
    document["workflows"]["checkout"]["takes_over"] = takes_over
    with pytest.raises(ManifestError, match=r"'checkout' is damaged"):
        manifest.read_lock(json.dumps(document), "former.lock")


def test_verify_keeps_the_list_of_the_lock_and_finds_it_stale_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "shop.py"
    for source in (FIRST, LONGER):
        program.write_text(source, encoding="utf-8")
        assert cli.run(["build", str(tmp_path)]) == 0
    assert cli.run(["verify", str(tmp_path)]) == 0
    registry = tmp_path / "dbos_registry.py"
    text = registry.read_text(encoding="utf-8")
    assert (
        text.count("TakeOver(workflow='checkout', version='v1-")
        + text.count('TakeOver(workflow="checkout", version="v1-')
        == 1
    )
    # A registry whose list is not that of the lock is stale.
    registry.write_text(text.replace("forward-safe", "identical"), encoding="utf-8")
    assert cli.run(["verify", str(tmp_path)]) == 1
    registry.write_text(text, encoding="utf-8")
    program.write_text(LONGEST, encoding="utf-8")
    assert cli.run(["verify", str(tmp_path)]) == 1
    capsys.readouterr()
