"""An edit anywhere in a module: the program is begun anew, and what it does not change is repeated.

In: an analysed program, one of its modules, and the text that this has now. Out: the program with
the edit made, as a whole analysis would give it. Never does: go on with a program that was not
analysed in a way that can be repeated: it raises EntangledError, and the program must not be used
any more.

The edit is made in the trees (`rebuilding`); functions and classes to which it does nothing stay
the same objects. Then the interpreter is asked everything again, and gives the answers of before
as long as nothing that they follow from has changed (`repeating`).
"""

from __future__ import annotations

import ast

from dbos_build.analysis.program import Program, begun_anew
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.error import EntangledError
from dbos_build.interpreter.names import (
    assigned_attributes,
    forget_names,
    has_no_body,
    names_of,
)
from dbos_build.interpreter.repeating import RepeatingEngine
from dbos_build.names.symbols import FunctionNode, Scope, Symbols, index
from dbos_build.nodes import FUNCTIONS, walk
from dbos_build.reading.module import Module
from dbos_build.reading.rebuilding import Rebuilding, rebuild
from dbos_build.reading.renewing import Moves, Renewal

View = tuple[frozenset[str], bool, bool, tuple[str, ...]]


def edited(program: Program, edit: Rebuilding) -> tuple[Program, Scope]:
    """Make an edit in a program; also the scope of the module as it is then."""
    engine = repeating(program)
    found = rebuild(edit, lambda old, new: view(old) == view(new))
    follow(engine, edit.module, found.moves, found.changed)
    return repeated(program, edit.module, found.changed)


def repeated(program: Program, module: Module, changed: set[ast.AST]) -> tuple[Program, Scope]:
    """The program whose trees were edited; `changed` are the functions with another body."""
    engine = repeating(program)
    scope = index(module, program.engine.symbols.scopes.get(module.path))
    known = {each.module: each for each in engine.symbols.scopes.values()} | {module: scope}
    symbols = Symbols(program.modules, known)
    engines = engines_of(program)
    pulses = [each.pulse for each in engines]
    for each in engines:
        each.begin_anew(symbols, module, changed)
        each.pulse = None  # Nobody could go on with an engine that has half begun.
    engine.spare = engines[-1] if len(engines) > 1 else None
    made = begun_anew(program, engine, module.path)
    around = surrounding_engine(made)
    if isinstance(around, RepeatingEngine):
        around.stale_paths()
        around.forget_passes(module.path)
    for each, pulse in zip(engines, pulses, strict=True):
        each.finish()
        each.pulse = pulse
    if not can_repeat(made):
        raise EntangledError("the program is not one that could have been repeated")
    return made, scope


def shows_the_same(edit: Renewal) -> bool:
    """Whether an edit in a function is one that others notice only when they call it."""
    return view(edit.function) == view(edit.made)


def view(function: FunctionNode) -> View:
    """What others see of the body of a function before they run it."""
    names = names_of(function)
    return (
        names.globals,
        names.is_generator,
        has_no_body(function),
        tuple(assigned_attributes(function)),
    )


def functions_in(node: ast.AST) -> set[ast.AST]:
    """A function, and the functions and lambdas in it."""
    return {each for each in walk(node) if isinstance(each, FUNCTIONS)}


def can_repeat(program: Program) -> bool:
    """Whether edits anywhere can be made in a program."""
    engines = [program.engine, program.engine.surroundings or program.engine]
    return all(
        isinstance(each, RepeatingEngine)
        and not (each.is_exhausted or each.was_hurried or each.types is not None or each.handed)
        for each in engines
    )


def engines_of(program: Program) -> list[RepeatingEngine]:
    """The engine of a program, and the one for the code around it."""
    both = (program.engine, program.engine.surroundings)
    return [each for each in both if isinstance(each, RepeatingEngine)]


def repeating(program: Program) -> RepeatingEngine:
    """The engine of a program, if it can begin anew; EntangledError if not."""
    engine = program.engine
    if not isinstance(engine, RepeatingEngine) or not can_repeat(program):
        raise EntangledError("the program was not analysed in a way that can be repeated")
    return engine


def follow(engine: RepeatingEngine, module: Module, moves: Moves, changed: set[ast.AST]) -> None:
    """Let what is known by node or by position follow an edit that was just made."""
    forget_names(changed)
    for each in list(changed):
        changed |= functions_in(each)
    engine.move_places(module.path, moves.of)
    for one in (engine, engine.surroundings):
        if one is not None:
            one.retired += moves.gone
            for node, made in one.made.items():
                ast.copy_location(made, node)


__all__ = [
    "View",
    "can_repeat",
    "edited",
    "engines_of",
    "follow",
    "functions_in",
    "repeated",
    "repeating",
    "shows_the_same",
    "view",
]
