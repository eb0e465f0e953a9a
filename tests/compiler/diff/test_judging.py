"""What a comparison says beside the verdict about operations: names, queues, schedules, topics."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dbos_build.building import manifest
from dbos_build.diff.build import Build, of_lock, of_program
from dbos_build.diff.judging import Comparison, verdicts
from dbos_build.error import ManifestError
from dbos_build.findings import Severity
from support.analysis import analyse
from support.comparisons import comparison, judgement

HEAD = """\
from dbos import DBOS, Queue


@DBOS.step()
def charge(amount: int) -> str:
    return str(amount)


@DBOS.step()
def reserve(amount: int) -> str:
    return str(amount)


"""
CHECKOUT = '''\
@DBOS.workflow()
def checkout(amount: int) -> str:
    """Sell."""
    reserve(amount)
    return charge(amount)
'''
PROGRAM = HEAD + CHECKOUT


def told(made: Comparison) -> list[tuple[str, str, str]]:
    """(code, severity, message) of the findings that belong to no workflow."""
    return [(each.code, each.severity.value, each.message) for each in made.findings]


def test_nothing_changed() -> None:
    made = comparison(PROGRAM, PROGRAM)
    (found,) = made.workflows
    assert (found.verdict, found.change, found.findings, found.trace) == (
        "identical",
        "same",
        (),
        (),
    )
    assert made.is_safe
    assert made.findings == ()


def test_no_workflows_at_all_are_safe() -> None:
    made = comparison("answer = 42\n", "answer = 43\n")
    assert (made.workflows, made.findings, made.is_safe) == ((), (), True)


def test_a_new_workflow_is_safe_and_a_lost_one_is_not() -> None:
    other = CHECKOUT.replace("checkout", "refund").replace("reserve(amount)", "charge(0)")
    added = judgement(PROGRAM, PROGRAM + "\n\n" + other, "refund")
    assert (added.verdict, added.change) == ("forward-safe", "new")
    gone = judgement(PROGRAM + "\n\n" + other, PROGRAM, "refund")
    assert (gone.verdict, gone.change) == ("breaking", "removed")
    assert "what began under it cannot go on" in gone.reason
    assert [each.code for each in gone.findings] == ["DBS906"]


@pytest.mark.parametrize(
    ("new", "heir"),
    [
        (PROGRAM.replace("def checkout", "def sell"), "sell"),
        (
            HEAD
            + "class Shop:\n    @staticmethod\n    @DBOS.workflow()\n"
            + "    def checkout(amount: int) -> str:\n        return charge(amount + 1)\n",
            "Shop.checkout",
        ),
    ],
)
def test_a_renamed_workflow_is_recognised_by_what_it_does_or_is_called(new: str, heir: str) -> None:
    gone = judgement(PROGRAM, new, "checkout")
    assert gone.verdict == "breaking"
    assert f"seems to be {heir!r} now" in gone.reason
    assert "name='checkout'" in gone.reason
    (finding,) = gone.findings
    assert finding.code == "DBS906"
    assert (
        "checkout" in new.splitlines()[finding.line - 1]
        or "sell" in new.splitlines()[finding.line - 1]
    )


def test_a_workflow_that_keeps_its_name_may_move_anywhere() -> None:
    moved = {
        "steps.py": HEAD,
        "main.py": "from dbos import DBOS\n\nfrom steps import charge, reserve\n\n\n" + CHECKOUT,
    }
    found = judgement(PROGRAM, moved, "checkout")
    assert found.is_safe
    assert found.findings == ()


def test_a_renamed_step_is_named_in_the_reason() -> None:
    new = PROGRAM.replace("def reserve", "def hold").replace("    reserve(", "    hold(")
    found = judgement(PROGRAM, new, "checkout")
    assert found.verdict == "breaking"
    assert "the step 'reserve' seems to be 'hold' now" in found.reason
    (finding,) = [each for each in found.findings if each.severity is Severity.ERROR]
    assert finding.code == "DBS906"
    assert "hold(amount)" in new.splitlines()[finding.line - 1]


def test_a_removed_patch_says_how_to_retire_it() -> None:
    old = PROGRAM.replace("    reserve(amount)", '    if DBOS.patch("r"):\n        reserve(amount)')
    found = judgement(old, PROGRAM, "checkout")
    assert found.verdict == "breaking"
    (finding,) = found.findings
    assert (finding.code, finding.name) == ("DBS904", "half-retired-patch")
    assert "DBOS.deprecate_patch('r')" in finding.message


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", ", concurrency=3", [("DBS907", "info")]),
        (", concurrency=3", ", concurrency=4", [("DBS907", "info")]),
        ("", ", priority_enabled=True", [("DBS907", "warning")]),
        ("", ", partition_queue=True", [("DBS907", "error")]),
        (", partition_queue=True", "", [("DBS907", "warning")]),
        (", priority_enabled=False", "", []),
        (", concurrency=LIMIT", ", concurrency=3", []),
    ],
)
def test_options_of_queues(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    old, new = (f'import os\n{HEAD}q = Queue("parcels"{each})\n' for each in (before, after))
    made = comparison(old.replace("import os", "LIMIT = int(input())"), new)
    assert [(code, severity) for code, severity, _ in told(made)] == expected
    assert made.is_safe == (("DBS907", "error") not in expected)


def test_a_lost_queue_and_schedules() -> None:
    old = HEAD + (
        'q = Queue("parcels")\n\n\n@DBOS.scheduled("0 * * * *")\n@DBOS.workflow()\n'
        "def tick(planned: object, actual: object) -> None:\n    charge(1)\n"
    )
    new = old.replace('Queue("parcels")', 'Queue("letters")').replace("0 *", "5 *")
    made = comparison(old, new)
    assert [each[:2] for each in told(made)] == [("DBS906", "error"), ("DBS907", "info")]
    assert "what waits on it is never begun" in told(made)[0][2]
    assert not made.is_safe
    unscheduled = comparison(old, old.replace('@DBOS.scheduled("0 * * * *")\n', ""))
    assert [each[:2] for each in told(unscheduled)] == [("DBS906", "info")]
    assert unscheduled.is_safe


def test_topics_that_others_still_use() -> None:
    reader = (
        "\n\n@DBOS.workflow()\ndef watch(other: str) -> object:\n"
        '    return DBOS.get_event(other, "status")\n'
    )
    old = PROGRAM.replace("    reserve(amount)", '    DBOS.set_event("status", 1)') + reader
    new = old.replace('set_event("status"', 'set_event("state"')
    found = judgement(old, new, "checkout")
    (finding,) = [each for each in found.findings if each.code == "DBS909"]
    assert finding.severity is Severity.WARNING
    assert "'watch' still reads it" in finding.message
    computed = old.replace('set_event("status"', "set_event(str(amount)")
    assert [
        each for each in judgement(old, computed, "checkout").findings if each.code == "DBS909"
    ] == []


def test_a_changed_result_is_only_mentioned() -> None:
    new = PROGRAM.replace("checkout(amount: int) -> str", "checkout(amount: int) -> object")
    found = judgement(PROGRAM, new, "checkout")
    assert found.is_safe
    (finding,) = found.findings
    assert (finding.code, finding.severity) == ("DBS907", Severity.INFO)
    assert "was `str` and is `object`" in finding.message


def test_the_worst_stands_first() -> None:
    names = ("a", "b", "c", "d")
    old = HEAD + "\n\n".join(CHECKOUT.replace("checkout", each) for each in names)
    parts = [CHECKOUT.replace("checkout", each) for each in names]
    parts[1] = parts[1].replace("    reserve(amount)\n", "")
    parts[2] = parts[2].replace(
        "return charge(amount)", "paid = charge(amount)\n    return paid + '!'"
    )
    parts[3] = parts[3].replace("charge(amount)", "charge(amount + 1)")
    made = comparison(old, HEAD + "\n\n".join(parts))
    assert [(each.name, each.verdict) for each in made.workflows] == [
        ("b", "breaking"),
        ("d", "breaking"),
        ("c", "forward-safe"),
        ("a", "identical"),
    ]


def lock(text: str) -> str:
    """The lock file of a program."""
    return manifest.lock_text(manifest.make(analyse(text)))


def without_lines(build: Build) -> Build:
    """A build as far as a lock file knows it."""
    bare = {
        name: replace(each, places={}, place=replace(each.place, line=0, column=0))
        for name, each in build.workflows.items()
    }
    return replace(build, workflows=bare)


def test_a_lock_file_holds_all_that_a_comparison_needs() -> None:
    rich = (
        HEAD
        + "from dataclasses import dataclass\n\n\n@dataclass\nclass Order:\n    name: str\n"
        + "    count: int = 1\n    rate = 3\n\n\n"
        + 'q = Queue("parcels", concurrency=2)\n\n\n@DBOS.step()\ndef load(name: str) -> Order:\n'
        + "    return Order(name)\n\n\n@DBOS.workflow()\n"
        + "def sell(order: Order, count: int = 2, *more: int, dry: bool = False) -> str:\n"
        + "    if order.count > count:\n        q.enqueue(checkout, order.count)\n"
        + "    return charge(load(order.name).count)\n\n\n"
        + CHECKOUT
    )
    read = of_lock(lock(rich), "a lock")
    made = without_lines(of_program(analyse(rich), "a lock"))
    assert read.workflows == made.workflows
    assert read.shapes == made.shapes
    assert {name: each.stores for name, each in read.steps.items()} == {
        name: each.stores for name, each in made.steps.items()
    }
    assert {name: each.options for name, each in read.queues.items()} == {
        name: each.options for name, each in made.queues.items()
    }


def test_verdicts_for_a_lock_and_a_program() -> None:
    made = verdicts(lock(PROGRAM), "dbos-build.lock", analyse(PROGRAM.replace("(amount)", "(1)")))
    assert [each.verdict for each in made.workflows] == ["breaking"]
    with pytest.raises(ManifestError, match=r"dbos-build\.lock: is not valid JSON"):
        verdicts("", "dbos-build.lock", analyse(PROGRAM))
