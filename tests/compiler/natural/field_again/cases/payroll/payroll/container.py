from dataclasses import dataclass

from payroll.adapters import HttpBank, RandomIds, SystemClock
from payroll.ports import Bank, Clock, Ids


@dataclass(frozen=True)
class Container:
    clock: Clock
    ids: Ids
    bank: Bank


def build() -> Container:
    return Container(clock=SystemClock(), ids=RandomIds(), bank=HttpBank("https://bank.example"))
