"""An edit of what nobody mentions: imports, literals, functions and classes that are just typed.

In: an analysed program, and an edit at the top of one of its modules. Out: the program with the
edit made, as a whole analysis would give it. Never does: go on where anything could be run or
evaluated for the edit, or where a name that comes or goes stands anywhere else in the project: it
raises EntangledError, and nothing has changed then.

Names are looked for as words in texts, strings and comments included: there are more of those than
uses, and that costs only time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from dbos_build.analysis.declarations import may_declare
from dbos_build.analysis.neighbourhood import neighbourhood
from dbos_build.analysis.program import Program, after_edit
from dbos_build.analysis.surroundings import mentions, names_of_durable
from dbos_build.checking import anew
from dbos_build.error import EntangledError
from dbos_build.names.symbols import Scope, Symbols, index
from dbos_build.nodes import walk
from dbos_build.reading.module import Module
from dbos_build.reading.rebuilding import Rebuilding, rebuild
from dbos_build.reading.renewing import says_the_same

_LITERALS = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.USub, ast.Load)
_WORDS = (ast.Name, ast.Attribute, ast.Constant, ast.Load)


def edited(program: Program, edit: Rebuilding) -> tuple[Program, Scope]:
    """Make an edit in a program; also the scope of the module as it is then."""
    module = edit.module
    assert module.tree is not None
    before = program.engine.symbols.scopes[module.path]
    gone, made = _different(module.tree.body[edit.above : edit.below], edit.made)
    names: set[str] = set()
    for statement in (*gone, *made):
        names.update(_bound(program, before, statement))
    _must_be_unknown(program, edit, names)
    engine = anew.repeating(program)
    found = rebuild(edit, lambda old, new: False)
    gone_nodes = list(found.moves.gone)
    found.moves.gone.clear()  # Nothing was ever made there that others could know of.
    anew.follow(engine, module, found.moves, found.changed)
    scope = index(module, before)
    known = {each.module: each for each in engine.symbols.scopes.values()} | {module: scope}
    symbols = Symbols(program.modules, known)
    for each in anew.engines_of(program):
        each.forget_names(symbols, module, names, gone_nodes)
    engine.memo.clear()
    if any(each is scope for each in neighbourhood(engine)):
        for name in scope.bindings:
            if name in names:
                engine.module_value(module, name, None)
    return after_edit(program, frozenset({module.path})), scope


def _different(
    before: Sequence[ast.stmt], now: Sequence[ast.stmt]
) -> tuple[Sequence[ast.stmt], Sequence[ast.stmt]]:
    """The statements that are gone, and those that are new."""
    least = min(len(before), len(now))
    head = 0
    while head < least and says_the_same(before[head], now[head]):
        head += 1
    tail = 0
    while tail < least - head and says_the_same(before[-1 - tail], now[-1 - tail]):
        tail += 1
    return before[head : len(before) - tail], now[head : len(now) - tail]


def _bound(program: Program, scope: Scope, statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds; EntangledError when it may do anything else."""
    match statement:
        case ast.Expr(value=value):
            _must(all(isinstance(each, _WORDS) for each in walk(value)))
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            _must(all(isinstance(each, _LITERALS) for each in walk(value)))
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            _must_be_foreign(program, scope.module, statement)
            for alias in names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _must_be_idle(program, scope, statement)
            yield statement.name
        case ast.ClassDef():
            _must(not (statement.decorator_list or statement.bases or statement.keywords))
            _must(not any("Protocol" in each.text for each in program.modules))
            for inner in statement.body:
                _must_be_member(program, scope, inner)
            yield statement.name
        case _:
            _must(is_so=False)


def _must_be_member(program: Program, scope: Scope, statement: ast.stmt) -> None:
    """A class that nobody mentions may hold plain methods and fields."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _must_be_idle(program, scope, statement)
        case ast.AnnAssign(value=None) | ast.Pass():
            pass
        case ast.Expr(value=value):
            _must(all(isinstance(each, _WORDS) for each in walk(value)))
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            _must(all(isinstance(each, _LITERALS) for each in walk(value)))
        case _:
            _must(is_so=False)


def _must_be_idle(program: Program, scope: Scope, function: ast.AST) -> None:
    """Nobody runs a function that has no name elsewhere, unless it declares or starts something."""
    _must(not getattr(function, "decorator_list", None))
    _must(
        not any(
            isinstance(each, ast.Global | ast.Import | ast.ImportFrom) for each in walk(function)
        )
    )
    _must(not may_declare(function, scope))
    _must(not mentions(function, names_of_durable(program, scope)))


def _must_be_foreign(program: Program, module: Module, statement: ast.AST) -> None:
    """An import of other people's code brings nothing in that could be run."""
    find = program.engine.symbols.find
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            _must(not alias.name.startswith("dbos") and find(alias.name, module) is None)
    elif isinstance(statement, ast.ImportFrom):
        base = statement.module or ""
        _must(not statement.level and not base.startswith(("dbos", "__future__")))
        _must(find(base, module) is None)
        for alias in statement.names:
            _must(alias.name != "*" and find(f"{base}.{alias.name}", module) is None)


def _must_be_unknown(program: Program, edit: Rebuilding, names: Iterable[str]) -> None:
    """No name that comes or goes is a word elsewhere in the module, or where that is known."""
    wanted = sorted(names)
    if not wanted:
        return
    module = edit.module
    _must(not any(name.startswith("__") for name in wanted))
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, wanted))})\b")
    assert module.tree is not None
    lines = module.text.split("\n")
    kept = [*lines[: edit.first - 1], *lines[edit.last :]]
    _must(word.search("\n".join(kept)) is None)
    inner = module.tree.body[edit.above : edit.below]
    gone, _ = _different(inner, edit.made)
    for each in inner:
        if not any(each is one for one in gone):
            _must(word.search(ast.unparse(each)) is None)
    last = re.compile(rf"\b{re.escape(module.name.rpartition('.')[2])}\b")
    for scope in program.engine.symbols.scopes.values():
        other = scope.module
        if other is module:
            continue
        _must(all(program.engine.symbols.find(star, other) is not module for star in scope.stars))
        if word.search(other.text) is not None:
            _must(not module.is_package and last.search(other.text) is None)


def _must(is_so: bool) -> None:
    if not is_so:
        raise EntangledError("the edit is of more than what nobody mentions")


__all__ = ["edited"]
