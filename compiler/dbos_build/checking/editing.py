"""An edit in a body: the program as it is with it, when nothing around the function can tell.

In: an analysed program, and a `Renewal` of one of its modules. Out: the program with the edit made,
as a whole analysis would give it. Never does: go on where the edit reaches beyond its function: it
raises EntangledError, and the program must not be used any more.

The functions in the edit are run again before and after it, in the state in which they were run
(`rerunning`). When they do the same to the rest of the program, only their own facts are new; when
they hand other values on, those of who reads them are, too (`cascading`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from dbos_build.analysis.declarations import may_declare
from dbos_build.analysis.neighbourhood import DYNAMIC
from dbos_build.analysis.program import Program, after_edit
from dbos_build.analysis.surroundings import mentions, names_of_durable
from dbos_build.error import EntangledError
from dbos_build.interpreter.cascading import Cascade
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.names import (
    Names,
    assigned_attributes,
    forget_names,
    has_no_body,
    names_of,
)
from dbos_build.names.symbols import FunctionNode
from dbos_build.nodes import FUNCTIONS, called_names, every, walk
from dbos_build.reading.renewing import Moves, Renewal, renew


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What other functions, and the passes around, see of the text of a function."""

    names: dict[ast.AST, Names]
    is_empty: bool
    attributes: list[str]
    may_declare: bool
    mentions_durable: bool
    imports: frozenset[str]
    classes: int


def edited(program: Program, edit: Renewal) -> Program:
    """Make an edit in a program. Raises EntangledError, with the edit made or not."""
    engines = [program.engine]
    if program.engine.surroundings is not None:
        engines.append(program.engine.surroundings)
    if any(each.is_exhausted or each.was_hurried or each.types is not None for each in engines):
        raise EntangledError("the program was not analysed in a way that can be repeated")
    outlook = _outlook(program, edit)
    functions = _functions(edit)
    cascade = Cascade()
    for activation in _activations(engines, functions):
        cascade.remember(activation)
    moves = renew(edit)
    _follow(engines, edit, moves)
    if _functions(edit).keys() != functions.keys() and _are_run(engines, edit):
        raise EntangledError("functions inside the function came or went")
    _compare(outlook, _outlook(program, edit), edit)
    cascade.run()
    for activation in cascade.activations:
        activation.returns.engine.forget_tape(activation)
    path = edit.module.path
    for engine in engines:
        engine.memo.clear()
        engine.shared = None
        for activation in engine.all_activations():
            if activation.module.path == path:
                activation.memo.clear()
    return after_edit(program, cascade.paths | {path})


def _functions(edit: Renewal) -> dict[ast.AST, None]:
    """The functions and lambdas in the edited one, itself included."""
    return {each: None for each in walk(edit.function) if isinstance(each, FUNCTIONS)}


def _activations(engines: list[Engine], nodes: dict[ast.AST, None]) -> list[Activation]:
    return [
        activation
        for engine in engines
        for node in nodes
        if node in engine.run_functions
        for activation in engine.activations[engine.run_functions[node]]
    ]


def _are_run(engines: list[Engine], edit: Renewal) -> bool:
    return bool(_activations(engines, {edit.function: None}))


def _follow(engines: list[Engine], edit: Renewal, moves: Moves) -> None:
    """Let what is known by node or by position follow an edit that was just made."""
    changed: set[ast.AST] = {each for each in edit.around if isinstance(each, FUNCTIONS)}
    changed.update(_functions(edit))
    forget_names(changed)
    path = edit.module.path
    are_clear = engines[0].move_places(path, moves.of)
    for engine in engines:
        engine.retired += moves.gone
        for node, made in engine.made.items():
            ast.copy_location(made, node)
        for function in [
            engine.run_functions[each] for each in changed & engine.run_functions.keys()
        ]:
            engine.local_names.pop(function, None)
            engine.aliases.pop(function, None)
    if not are_clear:
        raise EntangledError("what stood at one place is now at several")


def _outlook(program: Program, edit: Renewal) -> _Outlook:
    outermost = edit.outermost
    scope = program.engine.symbols.scopes[edit.module.path]
    around = [each for each in edit.around if isinstance(each, FUNCTIONS)]
    nodes: list[FunctionNode] = [
        each for each in walk(edit.function) if isinstance(each, FUNCTIONS)
    ]
    return _Outlook(
        names={each: names_of(each) for each in (*around, *nodes)},
        is_empty=has_no_body(edit.function),
        attributes=assigned_attributes(edit.function),
        may_declare=may_declare(outermost, scope),
        mentions_durable=not _is_durable(program, outermost)
        and mentions(outermost, names_of_durable(program, scope)),
        imports=called_names(outermost) & DYNAMIC,
        classes=sum(isinstance(each, ast.ClassDef) for each in walk(edit.function)),
    )


def _is_durable(program: Program, node: ast.AST) -> bool:
    """Whether a function is durable itself, and so not one of those around durable ones."""
    groups = (program.workflows, program.steps, program.transactions)
    return any(each.node is node for group in groups for each in group)


def _compare(before: _Outlook, after: _Outlook, edit: Renewal) -> None:
    """Raise EntangledError when somebody could see the difference between two texts."""
    seen = (before.is_empty, before.attributes, before.may_declare, before.mentions_durable)
    if seen != (after.is_empty, after.attributes, after.may_declare, after.mentions_durable):
        raise EntangledError("the function shows something else to others")
    if before.imports != after.imports or before.classes or after.classes:
        raise EntangledError("the function imports or makes classes")
    for node, names in before.names.items():
        now = after.names.get(node)
        if now is None or names == now:
            continue
        if (names.globals, names.is_generator) != (now.globals, now.is_generator):
            raise EntangledError("the function shows something else to others")
        changed = (names.local ^ now.local) | (names.nonlocals ^ now.nonlocals)
        if not changed.isdisjoint(_used_inside(node)):
            raise EntangledError("functions inside the function may mean other variables")


def _used_inside(node: ast.AST) -> set[str]:
    """The names that functions inside a function mention, or take for variables of it."""
    found: set[str] = set()
    for inner in walk(node):
        if inner is not node and isinstance(inner, FUNCTIONS):
            found.update(each.id for each in every(inner, ast.Name))
            found.update(name for each in every(inner, ast.Nonlocal) for name in each.names)
    return found
