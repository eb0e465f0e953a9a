"""unreadable-value: the new code cannot read what the old code stored.

In: nothing; two builds are needed, so `diff` finds these. Out: the description of DBS908. Never
does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS908",
    name="unreadable-value",
    severity=Severity.ERROR,
    summary="a class of stored values moved, went, or needs a part that they lack",
    why=(
        "Inputs and recorded results name their classes by module and qualified name, and are put "
        "together again without running a constructor: a class that moved is not found, and a "
        "field that was added is missing unless the class itself holds its default."
    ),
    instead=(
        "Leave an alias in the old module (`from new_place import Price`), give new fields a plain "
        "default, and keep the members of enumerations."
    ),
    before="""\
from dataclasses import dataclass

from dbos import DBOS


@dataclass
class Price:
    net: int


@DBOS.step()
def quote(name: str) -> Price:
    return Price(len(name))


@DBOS.workflow()
def checkout(name: str) -> int:
    return quote(name).net
""",
    bad=(
        """\
from dataclasses import dataclass

from dbos import DBOS


@dataclass
class Cost:
    net: int


@DBOS.step()
def quote(name: str) -> Cost:
    return Cost(len(name))


@DBOS.workflow()
def checkout(name: str) -> int:  # flags: DBS908
    return quote(name).net
""",
    ),
    good=(
        """\
from dataclasses import dataclass

from dbos import DBOS


@dataclass
class Price:
    net: int
    currency: str = "EUR"


@DBOS.step()
def quote(name: str) -> Price:
    return Price(len(name))


@DBOS.workflow()
def checkout(name: str) -> int:
    return quote(name).net
""",
    ),
    check=judged_elsewhere,
    needs="baseline",
)
