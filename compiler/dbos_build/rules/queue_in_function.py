"""queue-in-function: a queue is made inside a function.

In: the analysed program. Out: the findings of DBS810. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Boundary
from dbos_build.rules.rule import Rule, every_activation, once


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Queues made by functions."""
    message = "a queue is declared inside a function; declare it at the top of the module"
    return once(
        rule.finding(activation.module.path, node, message)
        for activation in every_activation(program)
        if activation.function is not None
        for node, targets in activation.calls.items()
        if any(isinstance(t, Boundary) and t.name == "dbos.Queue" for t in targets)
    )


RULE = Rule(
    code="DBS810",
    name="queue-in-function",
    severity=Severity.ERROR,
    summary="a queue is made inside a function",
    why=(
        "A queue that is declared only when a function runs is not served until then, and may "
        "be declared again and again."
    ),
    instead="Declare it at the top of the module.",
    bad=(
        """\
from dbos import DBOS, Queue


@DBOS.workflow()
def checkout() -> None:
    Queue("orders")  # flags: DBS810
""",
    ),
    good=(
        """\
from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child() -> str:
    return "done"


@DBOS.workflow()
def checkout() -> None:
    orders.enqueue(child)
""",
    ),
    check=check,
)
