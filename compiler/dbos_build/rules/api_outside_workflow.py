"""api-outside-workflow: plain code does what only a workflow can.

In: the analysed program. Out: the findings of DBS804. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import surrounding_activations, unresolved_names
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary, Enter
from dbos_build.names.interface import role
from dbos_build.names.symbols import Function, all_functions
from dbos_build.nodes import called_names
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Operations of workflows in functions that no workflow runs."""
    survey = survey_of(program, rule.looks)
    operations = list(survey.in_plain_code(_operations))
    if not operations:
        return []
    hidden = survey.once("hidden", lambda: unresolved_names(program))
    entered = _entered(program)
    outside = {
        activation
        for activation in {activation: None for activation, _, _ in operations}
        if _is_plain(activation, hidden)
        and (
            activation.function in entered
            or not (_fulfils_interface(activation) or _serves(program, activation))
        )
    }
    return once(
        rule.finding(
            activation.module.path, node, f"`{name}` works only in a workflow; none calls this"
        )
        for activation, node, name in operations
        if activation in outside
    )


@per_activation("api")
def _operations(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The calls of one function that only a workflow can make."""
    for node, targets in activation.calls.items():
        for target in targets:
            if _is_api(target) and role(target.name) in {"workflow", "part"}:
                yield node, target.name.removeprefix("dbos.")


def _is_api(target: object) -> TypeGuard[Boundary]:
    """Whether a call is one of the API."""
    return isinstance(target, Boundary) and target.kind == "api"


def _is_plain(activation: Activation, hidden: frozenset[str]) -> bool:
    """Whether surely no workflow calls a function through something that is not understood."""
    function = activation.function
    return function is not None and function.name not in hidden and function.parent is None


def _fulfils_interface(activation: Activation) -> bool:
    """Whether an activation is of a method that is called by way of a base or a subclass."""
    return activation.function is not None and _is_inherited(activation.function)


def _is_inherited(function: Function) -> bool:
    """Whether a function is a method that whoever knows a base, or makes a subclass, may call."""
    owner = function.owner
    return owner is not None and bool(owner.node.bases or "__init_subclass__" in owner.bindings)


def _callers(program: Program) -> dict[str, list[Function]]:
    """Which functions of the project call something by a name."""
    found: dict[str, list[Function]] = {}
    for scope in program.engine.symbols.scopes.values():
        for function in all_functions(scope):
            for name in called_names(function.node):
                found.setdefault(name, []).append(function)
    return found


def _serves(program: Program, activation: Activation) -> bool:
    """Whether all who call a function are methods that workflows of other projects may run.

    A library has such: its own code never runs them, and nothing in it starts from plain code.
    """
    assert activation.function is not None
    callers = _callers(program)
    waiting, seen, is_called = [activation.function], {activation.function}, False
    while waiting:
        function = waiting.pop()
        above = [each for each in callers.get(function.name, ()) if each is not function]
        if not above and not _is_inherited(function):
            return False
        is_called = is_called or bool(above)
        waiting.extend(each for each in above if each not in seen and not _is_inherited(each))
        seen.update(above)
    return is_called


def _entered(program: Program) -> frozenset[Function | None]:
    """The functions that plain code is seen to call."""
    return frozenset(
        target.activation.function
        for activation in surrounding_activations(program)
        if not _fulfils_interface(activation)
        for targets in activation.calls.values()
        for target in targets
        if isinstance(target, Enter)
    )


RULE = Rule(
    code="DBS804",
    name="api-outside-workflow",
    severity=Severity.ERROR,
    summary="plain code does what only a workflow can",
    why=(
        "Outside of a workflow there is no history to record it in and no inbox to read from, so "
        "the call fails."
    ),
    instead="Do it in the workflow. Plain code can send messages and read events.",
    bad=(
        """\
from dbos import DBOS


def endpoint() -> object:
    return DBOS.recv("paid")  # flags: DBS804
""",
    ),
    good=(
        """\
from dbos import DBOS


def wait() -> object:
    return DBOS.recv("paid")


@DBOS.workflow()
def checkout() -> object:
    return wait()


def webhook(workflow_id: str) -> None:
    DBOS.send(workflow_id, "yes", "paid")
""",
    ),
    check=check,
    looks=(_operations,),
    needs_whole=True,
)
