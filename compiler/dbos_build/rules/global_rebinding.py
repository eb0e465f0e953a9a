"""global-rebinding: a workflow binds a module variable again.

In: the analysed program. Out: the findings of DBS601. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import STORES, per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.rules.state import lazy_stores


@per_activation(STORES)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The assignments of one function; importing a module again gives the same one."""
    lazy = lazy_stores(activation)
    for store in activation.stores:
        is_import = isinstance(store.node, ast.Import | ast.ImportFrom | ast.alias)
        if store.kind == "global" and store.node not in lazy and not is_import:
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
    check=flags_in("workflow"),
    looks=(_places,),
)
