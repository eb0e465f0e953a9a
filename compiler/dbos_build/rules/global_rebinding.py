"""global-rebinding: a workflow binds a module variable again.

In: the analysed program. Out: the findings of DBS601. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, places_within
from dbos_build.rules.state import lazy_stores


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Assignments to module variables in what workflows run."""
    return places_within(rule, program, ("workflow",), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """The assignments of one function."""
    lazy = lazy_stores(item.activation)
    for store in item.activation.stores:
        if store.kind == "global" and store.node not in lazy:
            message = f"`{store.name}` belongs to the process; a recovered run finds another value"
            yield store.node, message


RULE = Rule(
    code="DBS601",
    name="global-rebinding",
    severity=Severity.ERROR,
    summary="a workflow binds a module variable again",
    why=("The variable lives in one process; a run recovered by another one finds the old value."),
    instead="Return the value, keep it in a local variable, or store it with a step.",
    bad=(
        """\
from dbos import DBOS

COUNT = 0


@DBOS.workflow()
def checkout() -> int:
    global COUNT
    COUNT += 1  # flags: DBS601
    return COUNT
""",
    ),
    good=(
        """\
from dbos import DBOS

COUNT = 3


@DBOS.workflow()
def checkout() -> int:
    count = COUNT
    count += 1
    return count
""",
    ),
    check=check,
)
