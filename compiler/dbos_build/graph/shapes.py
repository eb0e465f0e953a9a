"""What a layout is made from and made of: sizes, links, boxes and curves.

In: nothing. Out: frozen values; lengths are in pixels, y grows downwards.
Never: knows what a box or a link stands for.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """How much room something needs."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow to draw between two boxes, by their indices; `label` is the room of its text."""

    source: int
    target: int
    label: Size | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """The point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        """Whether two rectangles share more than an edge."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """A cubic Bézier curve by its four points; a straight line has them all on it."""

    start: Point
    first: Point
    second: Point
    end: Point

    @property
    def is_straight(self) -> bool:
        """Whether the curve is a vertical line."""
        return self.start[0] == self.first[0] == self.second[0] == self.end[0]

    def at(self, share: float) -> Point:
        """The point that lies at `share` of the way, from 0 to 1."""
        rest = 1 - share
        weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
        points = (self.start, self.first, self.second, self.end)
        return (
            sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
        )


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one link, from its source to its target; `label` is where its text stands."""

    curves: tuple[Curve, ...]
    label: Box | None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A finished layout: one box per size and one route per link, in their order."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]


def line(start: Point, end: Point) -> Curve:
    """The straight curve between two points."""
    return Curve(start, start, end, end)
