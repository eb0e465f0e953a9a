"""local-value: an object of a class, or a function, that exists only inside a function is stored.

In: the analysed program. Out: the findings of DBS852. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import (
    NOTHING,
    ClassRef,
    FunctionRef,
    InstanceRef,
    Mapping,
    Sequence,
    Value,
)
from dbos_build.rules.coroutines import is_durable
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, noted, noted_results, once
from dbos_build.syntax import own

_DEPTH_MAX = 4
_DICTIONARY = "TypedDict"


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Local values in results of durable functions and in arguments of operations."""
    kinds = ("workflow", "step", "transaction")
    return once((*noted_results(rule, program, _returned), *noted(rule, program, kinds, _passed)))


@per_activation(ast.Return)
def _returned(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The return statements of a function that give a local value away."""
    function = activation.function
    for node in own(function.node, ast.Return) if function is not None else ():
        if node.value is not None:
            name = _local(activation, activation.values.get(node.value, NOTHING), 0)
            if name is not None:
                yield node, f"`{name}` exists only inside a function; its values cannot be stored"


@per_activation("workflow", "step", "transaction", "api")
def _passed(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The operations that are given a local value; functions are theirs to call."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        if not any(isinstance(t, Boundary) and is_durable(t) and _stores(t) for t in targets):
            continue
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            value = activation.values.get(argument, NOTHING)
            name = _local(activation, value, 0, functions=False)
            if name is not None:
                yield node, f"`{name}` exists only inside a function; its values cannot be stored"


def _stores(target: Boundary) -> bool:
    """Whether an operation keeps its arguments."""
    return target.kind != "api" or target.name.rpartition(".")[0] in {"dbos.DBOS", "dbos.Queue"}


def _local(
    activation: Activation, value: Value, depth: int, *, functions: bool = True
) -> str | None:
    """The name of a class or function in a value that is defined inside a function."""
    for atom in value.atoms if depth < _DEPTH_MAX else ():
        inside: list[Value] = []
        match atom:
            case InstanceRef():
                order = activation.returns.engine.mro(atom.owner)
                if atom.owner.parent is not None and not any(
                    isinstance(base, str) and base.endswith(_DICTIONARY) for base in order
                ):
                    return atom.owner.name
            case ClassRef() if atom.owner.parent is not None and functions:
                return atom.owner.name
            case FunctionRef() if functions and atom.function.parent is not None:
                if not isinstance(atom.function.node, ast.Lambda):
                    return atom.function.name
            case Sequence():
                inside = [atom.element]
            case Mapping():
                inside = [*(item for _, item in atom.items), atom.rest]
        for each in inside:
            name = _local(activation, each, depth + 1, functions=functions)
            if name is not None:
                return name
    return None


RULE = Rule(
    code="DBS852",
    name="local-value",
    severity=Severity.ERROR,
    summary="an object of a class, or a function, that exists only inside a function is stored",
    why=(
        "What is stored names its class, and recovery cannot import a class that is made while a "
        "function runs."
    ),
    instead="Define the class at module level.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def order(name: str) -> object:
    class Order:
        text = "order"

    return Order()  # flags: DBS852
""",
    ),
    good=(
        """\
from dataclasses import dataclass

from dbos import DBOS


@dataclass
class Order:
    name: str


@DBOS.step()
def order(name: str) -> Order:
    return Order(name)
""",
    ),
    check=check,
    looks=(_returned, _passed),
)
