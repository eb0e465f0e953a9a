"""interpreter-state: a workflow looks at the state of the interpreter.

In: the analysed program. Out: the findings of DBS304. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS304",
    name="interpreter-state",
    severity=Severity.ERROR,
    summary="a workflow looks at the state of the interpreter",
    why="Garbage collection, stack frames and memory differ from run to run.",
    instead="Keep such inspection in steps or outside workflows.",
    bad=(
        """\
import gc

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(gc.collect())  # flags: DBS304
""",
    ),
    good=(
        """\
import inspect

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(inspect.signature(len))
""",
        """\
import gc

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return str(gc.collect())


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(
        frozenset({"interpreter"}),
        "looks at the state of the interpreter, which differs from run to run",
    ),
)
