"""The layout: nothing overlaps, nothing runs through a box, and arrows begin and end at boxes.

The graphs are generated, with the shape of programs and with none at all.
"""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from dbos_build.graph.layout import arrange
from dbos_build.graph.ranks import ranked
from dbos_build.graph.shapes import Arrangement, Box, Link, Route, Size
from support import drawings


def drawn(seed: int) -> tuple[list[Size], list[Link]]:
    """The boxes and links of a generated flow, with sizes of its own."""
    chance = random.Random(seed)
    if seed % 3:
        flow = drawings.structured(seed, chance.randint(3, 40))
    else:
        nodes = chance.randint(1, 16)
        flow = drawings.tangled(seed, nodes, chance.randint(0, 2 * nodes))
    sizes = [Size(chance.randint(40, 300), chance.randint(20, 70)) for _ in flow.nodes]
    links = [
        Link(each.source, each.target, Size(6 * len(each.label) + 14, 19) if each.label else None)
        for each in flow.edges
    ]
    return sizes, links


def overlaps(made: Arrangement) -> list[tuple[Box, Box]]:
    """Every pair of boxes and labels that share room."""
    rectangles = [*made.boxes, *(route.label for route in made.routes if route.label)]
    ordered = sorted(rectangles, key=lambda box: box.y)
    found = []
    for index, box in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.y >= box.bottom:
                break
            if box.overlaps(other):
                found.append((box, other))
    return found


def contains(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point lies well inside of a rectangle."""
    slack = 0.5
    return (
        box.x + slack < point[0] < box.right - slack
        and box.y + slack < point[1] < box.bottom - slack
    )


def trespasses(made: Arrangement, links: list[Link]) -> list[tuple[int, Box]]:
    """Every link that runs through a box, or through the label of another link."""
    found = []
    for index, route in enumerate(made.routes):
        points = [curve.at(step / 8) for curve in route.curves for step in range(9)]
        obstacles = [
            *made.boxes,
            *(
                each.label
                for number, each in enumerate(made.routes)
                if each.label is not None and number != index
            ),
        ]
        low = min(point[1] for point in points)
        high = max(point[1] for point in points)
        near = [box for box in obstacles if box.bottom > low and box.y < high]
        found += [(index, box) for box in near if any(contains(box, each) for each in points)]
    return found


def along(route: Route) -> list[tuple[float, float]]:
    """Points on the way of a link."""
    return [curve.at(step / 9) for curve in route.curves for step in range(10)]


def touches(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point lies on the edge of a rectangle."""
    on_side = abs(point[0] - box.x) < 0.01 or abs(point[0] - box.right) < 0.01
    on_level = abs(point[1] - box.y) < 0.01 or abs(point[1] - box.bottom) < 0.01
    beside = box.x - 0.01 <= point[0] <= box.right + 0.01
    level = box.y - 0.01 <= point[1] <= box.bottom + 0.01
    return (on_side and level) or (on_level and beside)


@pytest.mark.parametrize("block", range(10))
def test_nothing_overlaps_in_hundreds_of_graphs(block: int) -> None:
    for seed in range(block * 40, block * 40 + 40):
        sizes, links = drawn(seed)
        made = arrange(sizes, links)
        assert overlaps(made) == [], seed
        assert trespasses(made, links) == [], seed
        for link, route in zip(links, made.routes, strict=True):
            assert touches(made.boxes[link.source], route.curves[0].start), seed
            assert touches(made.boxes[link.target], route.curves[-1].end), seed
            assert all(one.end == other.start for one, other in pairwise(route.curves)), seed
            assert (route.label is None) == (link.label is None), seed
        for box in [*made.boxes, *(route.label for route in made.routes if route.label)]:
            assert box.x >= -0.01, seed
            assert box.y >= -0.01, seed
            assert box.right <= made.width + 0.01, seed
            assert box.bottom <= made.height + 0.01, seed
        points = [
            curve.at(n / 4) for each in made.routes for curve in each.curves for n in range(5)
        ]
        assert all(-0.01 <= x <= made.width + 0.01 for x, _ in points), seed
        assert all(-0.01 <= y <= made.height + 0.01 for _, y in points), seed


def test_the_same_graph_has_the_same_layout() -> None:
    for seed in range(12):
        sizes, links = drawn(seed)
        assert arrange(sizes, links) == arrange(sizes, links)


def test_a_sequence_is_a_straight_line() -> None:
    sizes = [Size(40 + 10 * (n % 7), 30) for n in range(20)]
    made = arrange(sizes, [Link(n, n + 1) for n in range(19)])
    assert {round(box.centre[0], 6) for box in made.boxes} == {made.boxes[0].centre[0]}
    assert all(curve.is_straight for route in made.routes for curve in route.curves)
    assert [box.y for box in made.boxes] == sorted(box.y for box in made.boxes)


def test_both_ways_of_a_branch_stand_beside_each_other_under_it() -> None:
    #   0 → 1 and 2 → 3
    made = arrange([Size(60, 30)] * 4, [Link(0, 1), Link(0, 2), Link(1, 3), Link(2, 3)])
    top, left, right, bottom = made.boxes
    assert left.y == right.y > top.bottom
    assert left.right < right.x
    assert abs((left.centre[0] + right.centre[0]) / 2 - top.centre[0]) < 0.01
    assert bottom.centre[0] == top.centre[0]


def test_what_follows_a_loop_stands_below_all_of_it() -> None:
    # 1 is the head, 2 → 3 → 4 the body, 5 what follows.
    links = [Link(0, 1), Link(1, 2), Link(2, 3), Link(3, 4), Link(4, 1), Link(1, 5)]
    ranking = ranked(6, links)
    assert ranking.back == {4}
    assert ranking.ranks == (0, 1, 2, 3, 4, 5)


def test_nested_loops_rank_below_each_other() -> None:
    # 1: outer head, 2: inner head, 3: inner body, 4: behind the inner loop, 5: behind both.
    links = [Link(1, 2), Link(2, 3), Link(3, 2), Link(2, 4), Link(4, 1), Link(1, 5), Link(0, 1)]
    ranking = ranked(6, links)
    assert ranking.back == {2, 4}
    assert ranking.ranks == (0, 1, 2, 3, 4, 5)


def test_a_loop_that_ends_in_several_ways_keeps_its_body_above_what_follows() -> None:
    # 1: outer head, 2: inner head, 3 and 4: two ways through its body, 5: behind the inner loop,
    # which leads back to the outer head first of all, 6: behind both, 7: an error out of the body.
    links = [Link(5, 1), Link(0, 1), Link(1, 2), Link(2, 3), Link(2, 4), Link(3, 2), Link(4, 2)]
    links += [Link(2, 5), Link(1, 6), Link(4, 7)]
    ranks = ranked(8, links).ranks
    assert ranks[5] > max(ranks[3], ranks[4])
    assert ranks[6] > ranks[5]
    assert ranks[7] == ranks[4] + 1


def test_a_link_back_leaves_downwards_and_arrives_from_above() -> None:
    made = arrange([Size(60, 30)] * 3, [Link(0, 1), Link(1, 2), Link(2, 0)])
    back = made.routes[2].curves
    assert back[0].start[1] == made.boxes[2].bottom
    assert back[0].first[1] > back[0].start[1]
    assert back[-1].end == (made.boxes[0].centre[0], made.boxes[0].y)
    assert back[-1].second[1] < back[-1].end[1]


def test_ways_back_and_the_way_out_of_nested_loops_do_not_cross() -> None:
    # 1: outer head, 2: inner head, 3: inner body, 4: behind the inner loop, 5: behind both.
    links = [Link(0, 1), Link(1, 2), Link(2, 3), Link(3, 2), Link(2, 4), Link(4, 1), Link(1, 5)]
    made = arrange([Size(80, 30)] * 6, links)
    inner, outer = made.routes[3], made.routes[5]
    out_of_inner, out_of_outer = made.routes[4], made.routes[6]
    for back, way_out in ((inner, out_of_inner), (outer, out_of_outer)):
        leaving, returning = along(way_out), along(back)
        low, high = min(y for _, y in leaving), max(y for _, y in leaving)
        beside = [x for x, y in returning if low < y < high]
        assert max(beside) < max(x for x, _ in leaving)


def test_links_of_a_box_to_itself_stay_beside_it_with_their_labels() -> None:
    label = Size(50, 19)
    made = arrange([Size(60, 30)] * 2, [Link(0, 0, label), Link(0, 0, label), Link(0, 1)])
    first, second, _ = made.routes
    assert first.label is not None
    assert second.label is not None
    assert not first.label.overlaps(second.label)
    assert first.label.x > made.boxes[0].right
    assert made.boxes[0].centre[0] == made.boxes[1].centre[0]


def test_crossings_that_can_be_avoided_are_avoided() -> None:
    # 0 leads to 1 and 2; 1 to 4, 2 to 3: the lower row must be turned round.
    made = arrange(
        [Size(60, 30)] * 6,
        [Link(0, 1), Link(0, 2), Link(2, 3), Link(1, 4), Link(3, 5), Link(4, 5)],
    )
    one, two, three, four = (made.boxes[n].centre[0] for n in (1, 2, 3, 4))
    assert (one < two) == (four < three)


def test_a_large_flow_is_laid_out_in_bounded_time() -> None:
    flow = drawings.structured(7, 5000)
    assert len(flow.nodes) > 400
    sizes = [Size(180, 50)] * len(flow.nodes)
    links = [Link(each.source, each.target, Size(40, 19)) for each in flow.edges]
    start = time.process_time()
    made = arrange(sizes, links)
    assert time.process_time() - start < 10
    assert overlaps(made) == []


def test_thousands_of_boxes_in_one_row_and_in_one_column_are_no_problem() -> None:
    fan = [Link(0, n) for n in range(1, 1500)]
    assert overlaps(arrange([Size(30, 20)] * 1500, fan)) == []
    deep = [Link(n, n + 1) for n in range(2999)]
    assert arrange([Size(30, 20)] * 3000, deep).height > 3000 * 20
