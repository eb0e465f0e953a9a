"""The flow of a lock file beside what a run did: which way it took, for every way there is; and the
timeline, in which long waits do not flatten the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dbos.console import flow_picture, timeline
from dbos.console.facts import Step
from dbos.console.flow import Flow, Flows, passed, read_flows
from dbos.error import DBOSInitializationError

LOCK = Path(__file__).parents[2] / "examples" / "widget_store" / "dbos-build.lock"


def flow(name: str) -> Flow:
    """A flow of the example shop."""
    return read_flows(LOCK).by_name[name]


def texts(found: Flow, operations: list[tuple[str, bool]], *, ended: bool = True) -> set[str]:
    """The operations and ends that were passed."""
    way = passed(found, operations, ended=ended)
    assert not way.by_name
    return {
        found.nodes[number].text.partition("(")[0]
        for number in way.nodes
        if found.nodes[number].kind not in ("begin", "branch", "join")
    }


def done(*names: str) -> list[tuple[str, bool]]:
    """Operations that succeeded; a name with an exclamation mark failed."""
    return [(name.rstrip("!"), name.endswith("!")) for name in names]


BEGINNING = ("reserve_stock", "create_payment_link", "DBOS.setEvent", "DBOS.recv")


def test_each_way_through_the_checkout_is_found() -> None:
    checkout = flow("checkout")
    begun = {"reserve_stock", "create_payment_link", "DBOS.set_event", "DBOS.recv"}
    paid = texts(checkout, done(*BEGINNING, "dispatch", "send_email"))
    assert paid == {*begun, "dispatch", "send_email", "end"}
    unpaid = texts(checkout, done(*BEGINNING, "release_stock"))
    assert unpaid == {*begun, "release_stock", "end"}
    back = texts(checkout, done(*BEGINNING, "dispatch!", "refund_payment", "release_stock"))
    assert back == {*begun, "dispatch", "except OSError", "refund_payment", "release_stock", "end"}
    waiting = texts(checkout, done(*BEGINNING[:2]), ended=False)
    assert waiting == {"reserve_stock", "create_payment_link"}


def test_a_record_that_fits_no_way_is_marked_by_name() -> None:
    checkout = flow("checkout")
    strange = passed(checkout, done("dispatch", "reserve_stock", "never"), ended=True)
    assert strange.by_name
    assert len(strange.nodes) == 2
    assert passed(checkout, done(*["reserve_stock"] * 500), ended=False).by_name


def test_only_the_flow_of_the_version_that_ran_is_shown() -> None:
    flows = read_flows(LOCK)
    checkout = flows.by_name["checkout"]
    assert flows.of("checkout", checkout.version) is checkout
    assert flows.of("checkout", None) is None
    assert flows.of("checkout", "another") is None
    assert Flows({}).of("checkout", checkout.version) is None


@pytest.mark.parametrize("name", ["checkout", "pack_batch", "remind"])
def test_every_place_stands_in_one_line_of_the_picture(name: str) -> None:
    found = flow(name)
    assert sorted(flow_picture.order(found)) == list(range(len(found.nodes)))
    picture = flow_picture.draw(found, passed(found, [], ended=False))
    assert picture.count("<circle") == len(found.nodes)
    assert picture.count("<path") == len(found.edges)


def test_spans_in_one_lane_do_not_meet() -> None:
    spans = [(0, 9), (1, 3), (2, 5), (3, 6), (5, 9), (0, 1)]
    lanes = flow_picture.lanes(spans)
    for first, one in enumerate(spans):
        for second, other in enumerate(spans[:first]):
            if lanes[first] == lanes[second]:
                assert one[1] <= other[0] or other[1] <= one[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"workflows": []}',
        '{"workflows": {"w": {"flow": {"nodes": [], "edges": []}}}}',
        '{"workflows": {"w": {"version": "1", "flow": {"nodes": [{"kind": "a"}], "edges": [""]}}}}',
        json.dumps(
            {"workflows": {"w": {"version": "1", "flow": {"nodes": [], "edges": ["0 9 yes"]}}}}
        ),
        "[" * 100_000,
    ],
)
def test_what_is_no_lock_file_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "dbos-build.lock"
    file.write_text(text)
    with pytest.raises(DBOSInitializationError, match="no lock file"):
        read_flows(file)


def step(number: int, name: str, started: int | None, completed: int | None, **other: Any) -> Step:
    """One recorded operation."""
    given = {
        "position": str(number),
        "output": None,
        "error": None,
        "failed": False,
        "child_workflow_id": None,
    }
    return Step(
        number=number, name=name, started_at=started, completed_at=completed, **(given | other)
    )


FORTNIGHT = 14 * 24 * 3600 * 1000


def test_a_sleep_of_two_weeks_leaves_room_for_the_work() -> None:
    steps = [
        step(1, "first", 0, 100),
        step(2, "DBOS.sleep", 100, 101, output=100 + FORTNIGHT),
        step(3, "second", 100 + FORTNIGHT, 200 + FORTNIGHT),
    ]
    lines = timeline.bars(steps, created_at=0, begun_at=None, latest=300 + FORTNIGHT)
    assert [one.kind for one in lines] == ["done", "wait", "done"]
    axis = timeline.stretches(lines)
    widths = {(part.start, part.end): part.right - part.left for part in axis}
    assert widths[0, 100] > 300
    assert sum(part.shortened for part in axis) == 1
    places = [timeline.place(moment, axis) for moment in (0, 50, 100, 150 + FORTNIGHT)]
    assert places == sorted(places)
    assert "14 d 0 h" in str(timeline.draw(lines))


def test_odd_times_are_drawn_all_the_same() -> None:
    assert timeline.draw([]) is None
    steps = [
        step(1, "same moment", 5, 5),
        step(2, "ends before it begins", 9, 3),
        step(3, "no time at all", None, None),
        step(4, "not ended", 7, None),
        step(5, "DBOS.recv", 5, 6),
        step(6, "DBOS.sleep", 5, 6, position="5t", output=FORTNIGHT),
    ]
    lines = timeline.bars(steps, created_at=0, begun_at=4, latest=10)
    assert lines[0].label == "queue"
    assert len(lines) == 5, "neither the one without a time nor the limit of the wait"
    assert str(timeline.draw(lines)).count('class="bar') == 5
