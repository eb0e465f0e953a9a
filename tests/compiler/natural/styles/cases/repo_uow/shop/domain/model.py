from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class OrderLine:
    sku: str
    quantity: int
    cents: int


@dataclass
class Order:
    reference: str
    lines: list[OrderLine] = field(default_factory=list)
    status: str = "new"

    def total(self) -> int:
        return sum(line.quantity * line.cents for line in self.lines)

    def allocate(self, sku: str) -> OrderLine:
        return next(line for line in self.lines if line.sku == sku)
