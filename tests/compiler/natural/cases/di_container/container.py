from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from adapters import SmsNotifier, StaticTaxes, SystemClock, UuidSource
from ports import Clock, IdSource, Notifier, TaxTable


@dataclass
class Services:
    clock: Clock
    ids: IdSource
    taxes: TaxTable

    @cached_property
    def notifier(self) -> Notifier:
        return SmsNotifier("+49123")


def build() -> Services:
    return Services(clock=SystemClock(), ids=UuidSource(), taxes=StaticTaxes())


services = build()
