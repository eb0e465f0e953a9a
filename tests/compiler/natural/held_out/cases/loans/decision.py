"""Pure decision code with a strategy table, and the flow around it. Clean."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, assert_never

from dbos import DBOS, SetWorkflowTimeout

Grade = Literal["a", "b", "c"]
LIMITS: Final[Mapping[Grade, Decimal]] = {"a": Decimal(50_000), "b": Decimal(10_000), "c": Decimal(0)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    name: str
    income: Decimal
    amount: Decimal
    history: tuple[int, ...] = ()
    born: dt.date = dt.date(1990, 1, 1)

    def ratio(self) -> Fraction:
        return Fraction(self.amount) / Fraction(self.income or 1)

    def age_on(self, day: dt.date) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


Rule = Callable[[Application], int]
RULES: list[Rule] = []


def rule(weight: int) -> Callable[[Rule], Rule]:
    def decorate(function: Rule) -> Rule:
        @functools.wraps(function)
        def weighted(application: Application) -> int:
            return weight * function(application)

        RULES.append(weighted)
        return weighted

    return decorate


@rule(weight=2)
def income_rule(application: Application) -> int:
    return int(application.ratio() < Fraction(1, 2))


@rule(weight=1)
def history_rule(application: Application) -> int:
    return round(statistics.median(application.history)) if application.history else 0


def grade(score: int) -> Grade:
    match score:
        case s if s > 4:
            return "a"
        case 3 | 4:
            return "b"
        case _:
            return "c"


def explain(value: Grade) -> str:
    if value == "a":
        return "excellent"
    elif value == "b":
        return "fine"
    elif value == "c":
        return "poor"
    else:
        assert_never(value)


@DBOS.step()
def bureau(name: str) -> Sequence[int]:
    return [len(name)]


@DBOS.step()
def today() -> dt.date:
    return dt.date.today()


@DBOS.workflow()
def decide(application: Application) -> dict[str, Any]:
    enriched = dataclasses.replace(application, history=tuple(bureau(application.name)))
    if enriched.age_on(today()) < 18:
        return {"approved": False, "why": "age"}
    total = sum(each(enriched) for each in RULES)
    result = grade(total)
    approved = enriched.amount <= LIMITS[result]
    DBOS.set_event("grade", result)
    return {"approved": approved, "why": explain(result), "ratio": float(enriched.ratio())}


@DBOS.workflow()
def decide_all(applications: list[Application]) -> list[str]:
    chosen = []
    for application in sorted(applications, key=lambda each: (each.amount, each.name)):
        with SetWorkflowTimeout(60):
            verdict = decide(application)
        if verdict["approved"]:
            chosen.append(application.name)
    return chosen
