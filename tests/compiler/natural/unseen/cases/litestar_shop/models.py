from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

Status = Literal["new", "paid", "sent"]


class Line(msgspec.Struct, frozen=True):
    sku: str
    quantity: int = 1


class Order(msgspec.Struct):
    lines: list[Line]
    status: Status = "new"
    created: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    notes: list[str] = msgspec.field(default_factory=list)

    def weight(self) -> int:
        return sum(line.quantity for line in self.lines)


class Voucher(msgspec.Struct, kw_only=True):
    code: Annotated[str, msgspec.Meta(min_length=6)]
    percent: int = 10

    @classmethod
    def issue(cls, percent: int) -> Voucher:
        return cls(code=secrets.token_hex(4), percent=percent)  # flags: DBS103

    @classmethod
    def for_customer(cls, customer: str) -> Voucher:
        return cls(code=customer[:6].upper().ljust(6, "X"))


encoder = msgspec.json.Encoder()
decoder = msgspec.json.Decoder(list[Line])
