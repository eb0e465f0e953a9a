import math
from typing import NamedTuple


class Position(NamedTuple):
    x: float
    y: float


def distance(position: Position) -> float:
    return math.hypot(position.x, position.y)
