"""set-pick: a workflow picks some element of a set.

In: the analysed program. Out: the findings of DBS502. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule
from dbos_build.rules.tainting import taint_check

RULE = Rule(
    code="DBS502",
    name="set-pick",
    severity=Severity.ERROR,
    summary="a workflow picks some element of a set",
    why="Which element comes first differs in every process, because hashes are salted.",
    instead="Use min(the_set), or sort it first.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def ship(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: set[str]) -> str:
    first = next(iter(names))  # flags: DBS502
    return ship(first)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def ship(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: set[str]) -> str:
    return ship(min(names))
""",
    ),
    check=taint_check("set_pick", "which element of a set comes first differs in every process"),
)
