"""Insurance claims: an enum that knows its own transitions."""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Self

from dbos import DBOS


class Phase(enum.Enum):
    OPEN = "open"
    REVIEW = "review"
    PAID = "paid"
    DENIED = "denied"

    @property
    def final(self) -> bool:
        return self in (Phase.PAID, Phase.DENIED)

    def following(self, amount: int) -> Phase:
        match self, amount:
            case Phase.OPEN, n if n > LIMIT:
                return Phase.REVIEW
            case Phase.OPEN, _:
                return Phase.PAID
            case Phase.REVIEW, _:
                return self.reviewed()
            case _:
                return self

    def reviewed(self) -> Phase:
        lenient = os.getenv("LENIENT", "") == "1"  # flags: DBS301
        return Phase.PAID if lenient else Phase.DENIED

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text.strip().lower())


class Weekday(enum.IntEnum):
    MON = 0
    SUN = 6

    @classmethod
    def today(cls) -> Weekday:
        return cls(datetime.today().weekday() and 6)  # flags: DBS001


class Flags(enum.Flag):
    URGENT = enum.auto()
    FRAUD = enum.auto()


LIMIT = 500
COLOURS = MappingProxyType({Phase.OPEN: "blue", Phase.PAID: "green"})


@dataclass(frozen=True)
class Claim:
    number: str
    amount: int
    phase: Phase = Phase.OPEN
    flags: Flags = Flags(0)
    due: date = date(2026, 1, 1)
    history: tuple[Phase, ...] = field(default=())

    def moved(self) -> Claim:
        following = self.phase.following(self.amount)
        return replace(self, phase=following, history=(*self.history, following))

    def extended(self, days: int) -> Claim:
        return replace(self, due=self.due + timedelta(days=days))


@DBOS.step()
def save(number: str, phase: str) -> None:
    print(number, phase)


@DBOS.workflow()
def settle(claim: Claim) -> str:
    while not claim.phase.final:
        claim = claim.moved()
        save(claim.number, claim.phase.value)
    return COLOURS.get(claim.phase, "grey")


@DBOS.workflow()
def postpone(claim: Claim, text: str) -> date:
    phase = Phase.parse(text)
    if Flags.URGENT in claim.flags and not phase.final:
        claim = claim.extended(3)
    if Weekday.today() is Weekday.SUN:
        claim = claim.extended(1)
    for flag in Flags:
        save(claim.number, flag.name or "")
    for member in set(Phase):  # flags: DBS501
        save(claim.number, member.value)
    return claim.due
