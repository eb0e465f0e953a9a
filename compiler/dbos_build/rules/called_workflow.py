"""called-workflow: a workflow is called where it should be passed.

In: the analysed program. Out: the findings of DBS820. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, FunctionRef, PartialCall
from dbos_build.rules.rule import Rule, every_activation, once

_STARTING = frozenset({"start_workflow", "enqueue", "enqueue_workflow", "debounce"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Calls in the first argument of an operation that starts a workflow."""
    return once(
        rule.finding(activation.module.path, node, message)
        for activation in every_activation(program)
        for node, message in _places(activation)
    )


_PLAIN = (FunctionRef, PartialCall)


def _places(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The operations of one activation that get something else than a durable function."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        names = {t.name.rpartition(".")[2] for t in targets if isinstance(t, Boundary)}
        if {name.removesuffix("_async") for name in names} & _STARTING:
            inner = activation.calls.get(node.args[0], ())
            passed = activation.values.get(node.args[0], NOTHING).atoms
            if any(isinstance(t, Boundary) and t.kind != "api" for t in inner):
                yield node, "pass the function and its arguments, do not call it"
            elif passed and all(isinstance(atom, _PLAIN) for atom in passed):
                yield node, "only workflows, steps and transactions can be started; this is none"


RULE = Rule(
    code="DBS820",
    name="called-workflow",
    severity=Severity.ERROR,
    summary="a workflow is called where it should be passed",
    why=(
        "The call runs the workflow at once, and its result is then taken for the function to "
        "start."
    ),
    instead="Pass the function and its arguments: DBOS.start_workflow(workflow, argument).",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def checkout() -> None:
    DBOS.start_workflow(child("a"))  # flags: DBS820
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def checkout() -> None:
    DBOS.start_workflow(child, "a")
""",
    ),
    check=check,
)
