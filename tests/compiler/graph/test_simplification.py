"""What a drawing leaves out: only what its shapes say already."""

from __future__ import annotations

from dbos_build.flow.graph import Edge
from dbos_build.graph.simplification import simplified
from support import drawings


def drawn(writing: drawings.Writing) -> list[tuple[str, str, str]]:
    """The arrows that are drawn, as kinds of their ends and labels."""
    flow = simplified(drawings.picture(writing.finished())).flow
    assert [node.number for node in flow.nodes] == list(range(len(flow.nodes)))
    kinds = [node.kind for node in flow.nodes]
    return [(kinds[edge.source], kinds[edge.target], edge.label) for edge in flow.edges]


def test_a_join_where_ways_only_meet_vanishes() -> None:
    writing = drawings.Writing()
    branch = writing.node("branch", "", "ready")
    one, other = writing.node("step", "one"), writing.node("send", "other")
    join, second = writing.node("join"), writing.node("join")
    end = writing.node("end")
    writing.edge(0, branch)
    writing.edge(branch, one, "yes")
    writing.edge(branch, other, "no")
    writing.edge(one, join)
    writing.edge(other, join)
    writing.edge(join, second)
    writing.edge(second, end)
    assert drawn(writing)[-2:] == [("step", "end", ""), ("send", "end", "")]


def test_the_join_of_a_gather_stays_also_when_lanes_meet_before_it() -> None:
    writing = drawings.Writing()
    gather = writing.node("gather")
    branch, one, other = writing.node("branch"), writing.node("step", "one"), writing.node("recv")
    meeting, closing, end = writing.node("join"), writing.node("join"), writing.node("end")
    writing.edge(0, gather)
    writing.edge(gather, branch, "parallel")
    writing.edge(branch, one, "yes")
    writing.edge(branch, meeting, "no")
    writing.edge(one, meeting)
    writing.edge(meeting, closing)
    writing.edge(gather, other, "parallel")
    writing.edge(other, closing)
    writing.edge(closing, end)
    arrows = drawn(writing)
    assert ("branch", "join", "no") in arrows
    assert ("join", "end", "") in arrows
    assert [arrow for arrow in arrows if "join" in arrow[:2]] == [
        ("branch", "join", "no"),
        ("step", "join", ""),
        ("recv", "join", ""),
        ("join", "end", ""),
    ]


def test_joins_that_only_lead_to_each_other_do_not_hang() -> None:
    writing = drawings.Writing()
    one, other = writing.node("join"), writing.node("join")
    writing.edge(0, one)
    writing.edge(one, other)
    writing.edge(other, one)
    assert drawn(writing)


def test_a_negated_comparison_is_drawn_as_its_author_wrote_it() -> None:
    writing = drawings.Writing()
    branch = writing.node("branch", "", "not (status != 'paid')")
    step, end = writing.node("step", "pack"), writing.node("end")
    writing.edge(0, branch)
    writing.edge(branch, step, "yes")
    writing.edge(branch, end, "no")
    flow = simplified(drawings.picture(writing.finished())).flow
    assert flow.nodes[branch].text == "status != 'paid'"
    assert flow.edges[1:] == (Edge(branch, step, "no"), Edge(branch, end, "yes"))


def test_other_negations_and_odd_texts_stay_as_they_are() -> None:
    for text in ("not ready", "not (a and b)", "not (a < b < c)", "not (", "not " * 5000 + "x", ""):
        writing = drawings.Writing()
        branch = writing.node("branch", "", text)
        writing.edge(0, branch)
        writing.edge(branch, writing.node("end"), "yes")
        flow = simplified(drawings.picture(writing.finished())).flow
        assert flow.nodes[branch].text == text
        assert flow.edges[1].label == "yes"


def test_labels_that_repeat_a_node_are_left_out_and_others_stay() -> None:
    writing = drawings.Writing()
    step = writing.node("step", "pay")
    handler = writing.node("except", "", "except ValueError")
    undo, leaf = writing.node("step", "undo"), writing.node("raise")
    writing.edge(0, step)
    writing.edge(step, handler, "raised")
    writing.edge(handler, undo, "except ValueError")
    writing.edge(handler, leaf, "no")
    assert drawn(writing)[1:] == [
        ("step", "except", "raised"),
        ("except", "step", ""),
        ("except", "raise", "no"),
    ]


def test_no_operation_is_ever_left_out() -> None:
    for seed in range(60):
        flow = drawings.structured(seed, 30)
        kept = simplified(drawings.picture(flow)).flow
        plain = [node.name for node in flow.nodes if node.name]
        assert [node.name for node in kept.nodes if node.name] == plain
        assert len(flow.nodes) - len(kept.nodes) <= 1  # At most the end, when nothing leads there.
