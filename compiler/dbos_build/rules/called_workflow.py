"""called-workflow: a workflow is called where it should be passed.

In: the analysed program. Out: the findings of DBS820. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dbos_build.analysis.literals import is_called_itself
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    Constant,
    FunctionRef,
    Mapping,
    PartialCall,
    Sequence,
)
from dbos_build.names.symbols import Function
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of

_STARTING = {
    "start_workflow": 0,
    "enqueue": 0,
    "enqueue_workflow": 1,
    "debounce": 0,
}
"""At which place the operations that start a workflow may be handed one."""
_BY_FUNCTION = frozenset(
    {"dbos.DBOS.start_workflow", "dbos.Queue.enqueue", "dbos.DBOS.enqueue_workflow"}
)
"""Those that take nothing else there: neither options nor a key."""
_PLAIN = (FunctionRef, PartialCall)
_DATA = (Constant, Mapping, Sequence)


class _Handed(NamedTuple):
    """What is wrong with what is handed over, unless one of these functions is a workflow."""

    message: str
    functions: tuple[Function, ...] = ()


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Operations that start a workflow and are given something else."""
    survey = survey_of(program, rule.looks)
    return once(
        rule.finding(activation.module.path, node, handed.message)
        for look in rule.looks
        for activation, node, handed in survey.everywhere(look)
        # `DBOS.workflow()(function)` alone makes a workflow of the function itself.
        if not any(program.declared(each) for each in handed.functions)
    )


@per_activation("api")
def _places(activation: Activation) -> Iterator[tuple[ast.Call, _Handed]]:
    """The operations of one activation that get something else than a durable function."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        for target in targets:
            if isinstance(target, Boundary):
                problem = _problem(activation, node, target.name.removesuffix("_async"))
                if problem is not None:
                    yield node, problem


def _problem(activation: Activation, node: ast.Call, name: str) -> _Handed | None:
    """What is wrong with the workflow that an operation is handed; None when nothing surely is."""
    place = _STARTING.get(name.rpartition(".")[2])
    if place is None or place >= len(node.args) or not is_called_itself(activation, node):
        return None
    inner = activation.calls.get(node.args[place], ())
    passed = activation.values.get(node.args[place], NOTHING).atoms
    if any(isinstance(t, Boundary) and t.kind != "api" for t in inner):
        return _Handed("pass the function and its arguments, do not call it")
    if passed and all(isinstance(atom, _PLAIN) for atom in passed):
        functions = tuple(atom.function for atom in passed if isinstance(atom, FunctionRef))
        message = "only workflows, steps and transactions can be started; this is none"
        return _Handed(message, functions)
    if name in _BY_FUNCTION and passed and all(_is_data(atom) for atom in passed):
        return _Handed(
            "only workflows, steps and transactions can be started; pass the function itself"
        )
    return None


def _is_data(atom: Atom) -> bool:
    """Whether this is surely no function; None stands for one that is put there later."""
    return isinstance(atom, _DATA) and not (isinstance(atom, Constant) and atom.value is None)


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
    looks=(_places,),
)
