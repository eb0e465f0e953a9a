"""queue-in-function: a queue is made inside a function.

In: the analysed program. Out: the findings of DBS810. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Queues made by functions."""
    survey = survey_of(program, rule.looks)
    return once(
        _finding(rule, activation, node, activation.function in survey.durable)
        for activation, node, _ in survey.everywhere(_queues)
        if activation.function is not None and activation.returns.engine is program.engine
    )


@per_activation("dbos.Queue")
def _queues(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The queues that one function makes."""
    for node, targets in activation.calls.items():
        if any(isinstance(t, Boundary) and t.name == "dbos.Queue" for t in targets):
            yield node, "dbos.Queue"


def _finding(rule: Rule, activation: Activation, node: ast.AST, is_late: bool) -> Finding:
    """The finding for one queue: what starts the process may well make it before the launch."""
    message = "a queue is declared inside a function; declare it at the top of the module"
    if is_late:
        return rule.finding(activation.module.path, node, message)
    message = "a queue is declared inside a function: it is not served before that has run"
    return rule.finding(activation.module.path, node, message, severity=Severity.WARNING)


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
    looks=(_queues,),
)
