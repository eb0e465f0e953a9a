"""Comparing flows: what is safe is recognised, what is not is never called safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbos_build.diff.comparing import compare
from support.flows import Change, changes, coroutine, flow_of, sync, verdict

CHANGES = changes(Path(__file__).parent / "changes.md")


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_is_judged_as_it_should_be(change: Change) -> None:
    found = verdict(change.old, change.new)
    allowed = {
        "safe": {"equivalent", "forward-safe"},
        "unsafe": {"breaking", "unknown"},
    }.get(change.expected, {change.expected})
    assert found.kind in allowed, found.reason


def test_every_safe_flow_is_equivalent_to_itself() -> None:
    for change in CHANGES[::3]:
        drawn = flow_of(change.old)
        is_followed = all(node.kind != "opaque" for node in drawn.nodes)
        assert compare(drawn, drawn).kind == ("equivalent" if is_followed else "unknown"), change


def test_the_trace_is_the_shortest_way_to_the_difference() -> None:
    old = sync("for i in x:\n    a(i)\nb(x)\nc(x)")
    new = sync("for i in x:\n    a(i)\nb(x)\na(x)")
    found = verdict(old, new)
    assert [point.operation for point in found.trace] == ["step b", "step named"]
    assert found.trace[-1].old is not None
    assert found.trace[-1].new is not None


def test_equivalent_means_that_the_result_is_equal_too() -> None:
    assert verdict(sync("return a(x)"), sync("r = a(x)\nreturn r")).kind == "equivalent"
    assert verdict(sync("return a(x)"), sync("r = a(x)\nreturn r, 1")).kind == "forward-safe"
    assert verdict(sync("return a(x)"), sync("r = a(x)\nb(r)\nreturn r")).kind == "forward-safe"


def test_proofs_over_every_branch_know_runs_from_before_a_patch() -> None:
    patched = sync("a(x)\nif DBOS.patch('p'):\n    b(x)\nc(x)")
    retired = sync("a(x)\nDBOS.deprecate_patch('p')\nb(x)\nc(x)")
    assert verdict(patched, retired).is_safe
    assert verdict(patched, retired, every_branch=True).kind == "breaking"
    assert verdict(patched, patched, every_branch=True).is_safe


def test_a_patch_before_operations_side_by_side_is_not_proven() -> None:
    old = coroutine("await asyncio.gather(first(1), second(2))")
    new = coroutine(
        "if DBOS.patch('p'):\n    await first(9)\nawait asyncio.gather(first(1), second(2))"
    )
    assert verdict(old, new).kind == "unknown"


def test_a_default_that_every_run_was_given_may_be_added() -> None:
    before, after = sync("a(y)", parameters="x, y"), sync("a(y)", parameters="x, y=2")
    assert verdict(before, after).kind == "equivalent"
    assert verdict(after, before).kind == "breaking"
    assert verdict(after, sync("a(y)", parameters="x, y=3")).kind == "breaking"


def test_the_place_of_a_parameter_counts() -> None:
    old, new = sync("a(x, y)", parameters="x, y"), sync("a(x, y)", parameters="y, x")
    assert verdict(old, new).kind == "breaking"


def test_attributes_of_the_workflow_s_own_object_depend_on_how_it_is_made() -> None:
    def shop(rate: int) -> str:
        return (
            "@DBOS.dbos_class()\nclass Shop:\n    def __init__(self):\n"
            f"        self.rate = {rate}\n\n"
            "    @DBOS.workflow(name='main')\n    def sell(self, n):\n        a(n * self.rate)\n"
        )

    assert verdict(shop(2), shop(2)).kind == "equivalent"
    assert verdict(shop(2), shop(3)).kind == "breaking"
