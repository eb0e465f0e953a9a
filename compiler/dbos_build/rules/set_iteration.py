"""set-iteration: a workflow goes through a set.

In: the analysed program. Out: the findings of DBS501. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule
from dbos_build.rules.tainting import taint_check

RULE = Rule(
    code="DBS501",
    name="set-iteration",
    severity=Severity.ERROR,
    summary="a workflow goes through a set",
    why=(
        "The order of a set of text differs in every process, because hashes are salted: "
        "steps run in another order on recovery."
    ),
    instead="Iterate over sorted(the_set), or keep a list or dict, whose order is fixed.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def ship(name: str) -> str:
    return name


@DBOS.workflow()
def checkout() -> None:
    for name in {"a", "b"}:  # flags: DBS501
        ship(name)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def ship(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: set[str]) -> int:
    for name in sorted(names):
        ship(name)
    return len(names)
""",
    ),
    check=taint_check(
        "set_loop", "the order of a set differs in every process; go through sorted(...) instead"
    ),
)
