"""argument-mismatch: a workflow or an operation is given arguments that it does not take.

In: the analysed program. Out: the findings of DBS821. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from dbos_build.analysis.literals import is_called_itself, text_entry
from dbos_build.analysis.program import Program
from dbos_build.analysis.queues import workflow_behind
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, Constant, Durable, ExternalInstance, Value
from dbos_build.names.symbols import Function
from dbos_build.rules.api_arguments import wrong_calls, wrong_options
from dbos_build.rules.looks import forms, per_activation, per_operation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import Survey, survey_of

_STARTING = {
    "dbos.DBOS.start_workflow": 1,
    "dbos.Queue.enqueue": 1,
    "dbos.DBOS.enqueue_workflow": 2,
}
"""How many of the first arguments an operation takes itself; the last of them is the workflow."""
_DEBOUNCE_OWN = 2
_OPTIONS = frozenset({"partition_key", "deduplication_id", "priority", "delay_seconds"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Starts and enqueues whose arguments do not fit."""

    survey = survey_of(program, rule.looks)
    named = _named(program)

    def found() -> Iterator[Finding]:
        for activation, node, message in (
            *survey.everywhere(_places),
            *_debounced(program, survey),
            *_sent(named, survey),
        ):
            yield rule.finding(activation.module.path, node, message)
        yield from wrong_options(rule, program, "others")

    return once(found())


_Wrong = tuple[Activation, ast.Call, str]
_DEBOUNCES = per_operation("dbos.Debouncer.debounce")
_CLIENTS = per_operation("dbos.DBOSClient.enqueue")


def _debounced(program: Program, survey: Survey) -> Iterator[_Wrong]:
    """The calls of debouncers whose arguments do not fit the workflow behind them."""
    for activation, node, _ in survey.everywhere(_DEBOUNCES):
        function = workflow_behind(program, activation, node)
        if function is not None and len(node.args) >= _DEBOUNCE_OWN:
            problem = _problem(activation, node, function, own=_DEBOUNCE_OWN)
            if problem is not None:
                yield activation, node, f"`{function.name}` {problem}"


def _named(program: Program) -> dict[str, Function]:
    """The workflows by registered name; names that several share are left out."""
    uses = Counter(item.name for item in program.workflows)
    return {
        item.name: item.entity
        for item in program.workflows
        if uses[item.name] == 1 and isinstance(item.entity, Function)
    }


def _sent(named: Mapping[str, Function], survey: Survey) -> Iterator[_Wrong]:
    """The enqueues of clients whose arguments do not fit the workflow that their options name."""
    for activation, node, _ in survey.everywhere(_CLIENTS):
        given = text_entry(activation, node, 0, "workflow_name")
        function = named.get(given) if given is not None else None
        problem = _problem(activation, node, function) if function is not None else None
        if problem is not None:
            yield activation, node, f"`{given}` {problem}"


@per_activation(*forms(*_STARTING))
def _places(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The operations of one activation with arguments that do not fit."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        for target in targets:
            if not isinstance(target, Boundary) or target.function is None:
                continue
            own = _STARTING.get(target.name.removesuffix("_async"), 0)
            if 0 < own <= len(node.args) and is_called_itself(activation, node):
                problem = _problem(activation, node, target.function, own)
                if problem is not None:
                    yield node, f"`{target.function.name}` {problem}"


def _problem(
    activation: Activation, node: ast.Call, function: Function, own: int = 1
) -> str | None:
    """Why a call does not fit a function, if it does not; the first `own` arguments are not its."""
    given = node.args[own:]
    if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
        keyword.arg is None for keyword in node.keywords
    ):
        return None
    taken = function.node.args
    parameters = [*taken.posonlyargs, *taken.args]
    if function.owner is not None and not _is_static(function):
        atoms = activation.values.get(node.args[own - 1], NOTHING).atoms
        if not any(isinstance(atom, Durable) and atom.receiver is not None for atom in atoms):
            return None
        parameters = parameters[1:]
    names = [argument.arg for argument in parameters]
    keywords = {keyword.arg for keyword in node.keywords if keyword.arg not in _OPTIONS}
    if len(given) > len(names) and taken.vararg is None:
        return f"takes {len(names)} arguments, but {len(given)} are given"
    known = {*names, *(argument.arg for argument in taken.kwonlyargs)}
    strange = sorted(name for name in keywords - known if name)
    if strange and taken.kwarg is None:
        return f"takes no argument `{strange[0]}`"
    required = names[: len(names) - len(taken.defaults)]
    by_name = [
        argument.arg
        for argument, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True)
        if default is None
    ]
    missing = [name for name in (*required[len(given) :], *by_name) if name not in keywords]
    if missing:
        return f"needs the argument `{missing[0]}`"
    for parameter, argument in zip(parameters, given, strict=False):
        value = activation.values.get(argument, NOTHING)
        if _is_wrong(value, parameter.annotation):
            return f"takes another type for `{parameter.arg}`"
    return None


def _is_static(function: Function) -> bool:
    """Whether a method takes neither an object nor its class."""
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorators)


_ACCEPTED = {"int": {"int", "bool"}, "str": {"str"}, "float": {"int", "float", "bool"}}


def _is_wrong(value: Value, annotation: ast.expr | None) -> bool:
    """Whether a value of a simple type is surely none of the annotated simple type."""
    accepted = _ACCEPTED.get(annotation.id) if isinstance(annotation, ast.Name) else None
    if accepted is None or not value.atoms:
        return False
    kinds = set()
    for atom in value.atoms:
        if not isinstance(atom, Constant | ExternalInstance):
            return False
        kinds.add(atom.type.removeprefix("builtins."))
    return kinds <= {"int", "str", "float", "bool", "bytes"} and not kinds & accepted


RULE = Rule(
    code="DBS821",
    name="argument-mismatch",
    severity=Severity.ERROR,
    summary="a workflow or an operation is given arguments that it does not take",
    why=(
        "The mistake shows only when a worker runs the workflow, or the line is reached, perhaps "
        "much later."
    ),
    instead="Pass the arguments that the function declares.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def checkout() -> None:
    DBOS.start_workflow(child, "a", "b")  # flags: DBS821
    DBOS.recv("paid", timeout=60)  # flags: DBS821
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
    DBOS.start_workflow(child, name="a")
    DBOS.recv("paid", timeout_seconds=60)
""",
    ),
    check=check,
    looks=(_places, _DEBOUNCES, _CLIENTS, wrong_calls),
)
