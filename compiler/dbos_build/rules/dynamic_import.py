"""dynamic-import: a workflow imports a module by a computed name.

In: the analysed program. Out: the findings of DBS209. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS209",
    name="dynamic-import",
    severity=Severity.WARNING,
    summary="a workflow imports a module by a computed name",
    why=(
        "Which code runs then depends on what is installed when the workflow is recovered, "
        "and no version covers it."
    ),
    instead="Import at the top of the module, or choose from a table of functions.",
    bad=(
        """\
import importlib

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(importlib.import_module(order_id))  # flags: DBS209
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    import json

    return json.dumps(order_id)
""",
    ),
    check=effect_check(
        frozenset({"import"}), "loads code that the analysis and the version cannot see"
    ),
)
