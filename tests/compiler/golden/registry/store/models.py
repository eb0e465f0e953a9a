"""What the workflows of the store take and give."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Carrier(enum.Enum):
    POST = "post"
    BIKE = "bike"


@dataclass
class Order:
    order_id: str

    @dataclass
    class Line:
        item: str
        count: int


@dataclass
class _Note:
    text: str


OrderId = str
