"""The plain code around durable functions: who calls them, starts them and reads what they publish.

In: an analysed program. Out: activations of plain functions that use the DBOS API or a durable
function. They are evaluated apart from the program, so that nothing here changes what a workflow
is, or its version. Never does: hold a function that some durable function runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.neighbourhood import neighbourhood
from dbos_build.analysis.program import Program
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Activation, Opaque, Use
from dbos_build.names.interface import interface
from dbos_build.names.symbols import Function, Imported, Scope, all_functions
from dbos_build.nodes import called_names

_ROLES = frozenset({"start", "workflow", "durable", "part", "recorded", "plain"})
_OPERATIONS = frozenset({"debounce", "enqueue", "get_status"}) | {
    name.removeprefix("DBOS.").removesuffix("_async")
    for name, entry in interface().items()
    if name.startswith("DBOS.") and entry.role in _ROLES
} - {"get_result", "sleep"}
"""Names of operations; those that much else is called as well say nothing."""
_MANAGERS = frozenset({"SetWorkflowID", "SetEnqueueOptions"})


def plain_activations(
    program: Program, durable: frozenset[Function] | None = None
) -> Iterator[Activation]:
    """The activations of functions that no durable function runs, as far as can be seen.

    `durable` are the functions that durable ones run, for a caller who knows them.
    """
    if durable is None:
        durable = reached_functions(program)
    for activation in surrounding_activations(program):
        function = activation.function
        while function is not None and function not in durable:
            function = function.parent
        if activation.function is not None and function is None:
            yield activation


def surrounding_activations(program: Program) -> tuple[Activation, ...]:
    """Everything that was evaluated for the plain functions around durable ones."""
    return tuple(surrounding_engine(program).all_activations())


def surrounding_engine(program: Program) -> Engine:
    """The interpreter that plain code is evaluated with."""
    if program.engine.surroundings is None:
        program.engine.surroundings = _evaluate(program)
    return program.engine.surroundings


def reached_functions(program: Program) -> frozenset[Function]:
    """The functions that workflows, steps and transactions run, themselves included."""
    reaches = (*program.reaches.values(), *program.inline_steps)
    return frozenset(
        activation.function
        for reach in reaches
        for activation in reach.activations()
        if activation.function is not None
    ) | frozenset(program.reaches)


def unresolved_names(program: Program) -> frozenset[str]:
    """The names of what durable functions call or pass on without the analysis knowing it."""
    found: set[str] = set()
    for reach in program.reaches.values():
        for activation in reach.activations():
            for node, targets in activation.calls.items():
                if not isinstance(node, ast.Call):
                    continue
                if any(isinstance(target, Opaque | Use) for target in targets):
                    found.add(getattr(node.func, "attr", getattr(node.func, "id", "")))
                    found.update(a.id for a in node.args if isinstance(a, ast.Name))
    return frozenset(found)


def _evaluate(program: Program) -> Engine:
    """Run every plain function that mentions the API or a durable function by name."""
    engine = program.engine.spare
    if engine is None:
        engine = type(program.engine)(program.engine.symbols, program.engine.knowledge)
    engine.types = program.engine.types
    engine.places = program.engine.places
    engine.pulse = program.engine.pulse
    entities = {item.entity for item in _declared(program)}
    for scope in neighbourhood(program.engine):
        names = names_of_durable(program, scope)
        for function in all_functions(scope):
            if function not in entities and mentions(function.node, names):
                engine.root(function)
    engine.settle()
    return engine


def _declared(program: Program) -> Iterator[Declaration]:
    """Every declaration of a program."""
    for group in (program.workflows, program.steps, program.transactions, program.classes):
        yield from group


def names_of_durable(program: Program, scope: Scope) -> frozenset[str]:
    """The names by which a module may call something durable."""
    durable: frozenset[str] | None = program.engine.memo.get("names of durable functions")
    if durable is None:
        durable = frozenset(item.qualname.rpartition(".")[2] for item in _declared(program))
        program.engine.memo["names of durable functions"] = durable
    return durable | _imported_as(scope, durable)


def _imported_as(scope: Scope, durable: frozenset[str]) -> set[str]:
    """Other names under which a module imports durable functions, or parts of `dbos`."""
    return {
        name
        for name, bound in scope.bindings.items()
        for binding in bound
        if isinstance(binding, Imported)
        and binding.attribute is not None
        and (binding.attribute in durable or binding.module == "dbos")
    } - {"DBOS"}


def mentions(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether a function calls something by one of these names or an operation's name."""
    called = called_names(node)
    if not called.isdisjoint(names) or not called.isdisjoint(_MANAGERS):
        return True
    return any(name.removesuffix("_async") in _OPERATIONS for name in called)


def program_activations(program: Program) -> Iterator[Activation]:
    """Everything that was evaluated: durable functions, what they run, and plain code around."""
    yield from program.engine.all_activations()
    yield from surrounding_activations(program)
