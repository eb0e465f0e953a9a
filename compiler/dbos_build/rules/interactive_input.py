"""interactive-input: a workflow reads from the terminal.

In: the analysed program. Out: the findings of DBS206. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS206",
    name="interactive-input",
    severity=Severity.ERROR,
    summary="a workflow reads from the terminal",
    why=(
        "There is nobody to answer when a server recovers the workflow, and the answer is "
        "asked for again in every run."
    ),
    instead="Wait for a message with DBOS.recv, which somebody sends with DBOS.send.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return input("go on? ")  # flags: DBS206
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return DBOS.recv("answer") or ""
""",
        """\
from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return input("go on? ")


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(frozenset({"input"}), "reads from the terminal in a workflow"),
)
