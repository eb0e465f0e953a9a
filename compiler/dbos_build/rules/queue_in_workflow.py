"""queue-in-workflow: a queue is made inside a durable function.

In: the analysed program. Out: the findings of DBS810. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Boundary, Target
from dbos_build.program import Program
from dbos_build.rules.rule import Rule, within


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Queues made by what durable functions run."""
    return within(rule, program, ("workflow", "step", "transaction"), _message)


def _message(target: Target) -> str | None:
    """What is wrong with a call, if anything."""
    if isinstance(target, Boundary) and target.name == "dbos.Queue":
        return "a queue is declared inside a durable function; declare it at the top of the module"
    return None


RULE = Rule(
    code="DBS810",
    name="queue-in-workflow",
    severity=Severity.ERROR,
    summary="a queue is made inside a durable function",
    why=(
        "A queue that is declared only when a function runs is not served until then, and is "
        "declared again in every run."
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
    fix=None,
)
