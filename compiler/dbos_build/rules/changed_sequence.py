"""changed-sequence: a run of the old code cannot go on in the new code.

In: nothing; two builds are needed, so `diff` finds these. Out: the description of DBS901. Never
does: look at a program.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, judged_elsewhere

RULE = Rule(
    code="DBS901",
    name="changed-sequence",
    severity=Severity.ERROR,
    summary="a run of the old code cannot go on in the new code",
    why=(
        "A run that is under way has recorded its operations. The new code asks for another one at "
        "the same place, for the same one with other arguments, or for none at all, so the run is "
        "refused, or goes on with a result that was made for something else."
    ),
    instead=(
        "Put the change behind `DBOS.patch`, make it after the last operation, or let the old "
        "build finish what it began."
    ),
    before="""\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.step()
def reserve(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    return charge(name)
""",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.step()
def reserve(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    reserve(name)  # flags: DBS901
    return charge(name)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.step()
def reserve(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    if DBOS.patch("reserve-first"):
        reserve(name)
    return charge(name)
""",
    ),
    check=judged_elsewhere,
    needs="baseline",
)
