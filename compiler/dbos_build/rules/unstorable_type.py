"""unstorable-type: an argument or result is of a type that cannot be stored.

In: the analysed program. Out: the findings of DBS851. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from dbos_build.analysis.program import Program
from dbos_build.analysis.storable import cannot_be_stored, unstorable_part
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, ExternalInstance, FunctionRef
from dbos_build.names.symbols import Function
from dbos_build.rules.looks import kept
from dbos_build.rules.reading import yields
from dbos_build.rules.rule import Rule, once
from dbos_build.syntax import own


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable functions with such a parameter, result annotation or returned value."""

    def found() -> Iterator[Finding]:
        for item in (*program.workflows, *program.steps, *program.transactions):
            function = item.entity
            # Generators have a rule of their own.
            if not isinstance(function, Function) or yields(function.node):
                continue
            problem = _kept_problem(program, function)
            if problem is not None:
                message = f"`{problem}` cannot be stored, and `{item.name}` takes or returns it"
                yield rule.finding(item.path, item.node, message)
                continue
            activation = program.reaches[function].reached[0].activation
            if activation.function is not function:
                continue
            for node, (what, is_tainted) in kept(
                activation, "unstorable results", partial(_returned, activation)
            ):
                # What opens it in a workflow is found where it does.
                if item.kind != "workflow" or not is_tainted:
                    yield rule.finding(item.path, node, f"{what} cannot be stored")

    return once(found())


def _kept_problem(program: Program, function: Function) -> str | None:
    """The same type in a signature, found out once while the module is as it is."""
    module = surrounding_engine(program).module_activation(function.module)
    known: dict[ast.AST, str | None] = kept(module, "unstorable", dict)
    if function.node not in known:
        known[function.node] = _annotated_wrongly(program, function)
    return known[function.node]


def _annotated_wrongly(program: Program, function: Function) -> str | None:
    """The type in a signature that cannot be stored; a parameter left at None stores nothing."""
    engine = surrounding_engine(program)
    taken = function.node.args
    positional = [*taken.posonlyargs, *taken.args]
    defaults = [*[None] * (len(positional) - len(taken.defaults)), *taken.defaults]
    pairs = [*zip(positional, defaults, strict=True)]
    pairs += [*zip(taken.kwonlyargs, taken.kw_defaults, strict=True)]
    annotations = [
        argument.annotation
        for argument, default in pairs
        if not (isinstance(default, ast.Constant) and default.value is None)
    ]
    if isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef):
        annotations.append(function.node.returns)
    found = (unstorable_part(engine, function.module, each) for each in annotations)
    return next((name for name in found if name is not None), None)


def _returned(activation: Activation) -> list[tuple[ast.AST, tuple[str, bool]]]:
    """The returns that give away what cannot be stored, and whether it differs between runs."""
    function = activation.function
    found: list[tuple[ast.AST, tuple[str, bool]]] = []
    for node in own(function.node, ast.Return) if function is not None else ():
        if node.value is None:
            continue
        if isinstance(node.value, ast.GeneratorExp):
            found.append((node, ("a generator", False)))
        value = activation.values.get(node.value, NOTHING)
        is_tainted = bool(value.taints)
        for atom in value.atoms:
            if isinstance(atom, FunctionRef) and isinstance(atom.function.node, ast.Lambda):
                found.append((node, ("a lambda", is_tainted)))
            elif isinstance(atom, ExternalInstance) and cannot_be_stored(atom.type):
                found.append((node, (f"`{atom.type}`", is_tainted)))
    return found


RULE = Rule(
    code="DBS851",
    name="unstorable-type",
    severity=Severity.ERROR,
    summary="an argument or result is of a type that cannot be stored",
    why=(
        "Arguments and results go through the database. An open file, a lock, a connection or an "
        "iterator means nothing outside of its process."
    ),
    instead=(
        "Pass plain data, dataclasses or models, and open the file or connection in the step that "
        "uses it."
    ),
    bad=(
        """\
from collections.abc import Iterator

from dbos import DBOS


@DBOS.step()
def names(count: int) -> Iterator[int]:  # flags: DBS851
    return iter(range(count))
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def names(count: int) -> list[int]:
    return list(range(count))
""",
    ),
    check=check,
)
