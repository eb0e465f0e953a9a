"""set-as-list: a workflow hands a set on as a list.

In: the analysed program. Out: the findings of DBS505. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule
from dbos_build.rules.tainting import taint_check

RULE = Rule(
    code="DBS505",
    name="set-as-list",
    severity=Severity.WARNING,
    summary="a workflow hands a set on as a list",
    why=(
        "The list has another order in every process, so recorded arguments and results "
        "differ from run to run."
    ),
    instead="Pass sorted(the_set).",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def ship(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: list[str]) -> list[str]:
    return list(set(names))  # flags: DBS505
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def ship(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: list[str]) -> list[str]:
    return sorted(set(names))
""",
    ),
    check=taint_check("set_order", "the list has another order in every process; use sorted(...)"),
)
