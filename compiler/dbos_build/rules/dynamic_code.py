"""dynamic-code: a workflow runs code that is made at run time.

In: the analysed program. Out: the findings of DBS703. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS703",
    name="dynamic-code",
    severity=Severity.WARNING,
    summary="a workflow runs code that is made at run time",
    why=(
        "What runs cannot be checked or versioned, and it can differ when the workflow is "
        "recovered."
    ),
    instead="Call functions by name, from a table if need be.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return eval(order_id)  # flags: DBS703
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    handlers = {"a": str.upper}
    return handlers["a"](order_id)
""",
    ),
    check=effect_check(frozenset({"code"}), "runs code that nothing can check"),
)
