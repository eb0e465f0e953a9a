"""The order of module-level code: what is called before `DBOS.launch()`, and what after.

In: an analysed program. Out: the calls of module-level code, with whether the launch came before.
Never does: follow code into functions, except to see whether they launch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build.analysis.neighbourhood import neighbourhood
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Frame
from dbos_build.interpreter.values import BoundMethod, External, FunctionRef, Value
from dbos_build.names.mentions import LAUNCH_CALL, LAUNCH_WORD
from dbos_build.names.symbols import Scope
from dbos_build.nodes import called_names, calls_run_by, every
from dbos_build.reading.module import Module
from dbos_build.syntax import FUNCTIONS, walk

LAUNCH = "dbos.DBOS.launch"
_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """A call in module-level code. `launched` is no, maybe or yes: whether the launch was before.

    `callee` is what is called, as far as it is known.
    """

    module: Module
    node: ast.Call
    callee: Value
    launched: str


_Known = tuple[frozenset[str], frozenset[str], tuple[Called, ...]]
"""The calls of a module, and what they were found with: the functions and modules that launch."""


def module_calls(program: Program) -> Iterator[Called]:
    """The calls that importing or running each module makes itself, in order."""
    engine = surrounding_engine(program)
    launching = _launching_functions(program)
    starters = _launching_modules(program)
    for scope in neighbourhood(program.engine):
        memo = engine.module_activation(scope.module).memo
        known: _Known | None = memo.get("module calls")
        if known is None or known[:2] != (launching, starters):
            walk = _Walk(engine, scope, launching, starters)
            known = memo["module calls"] = (launching, starters, tuple(walk.run()))
        yield from known[2]


class _Walk:
    """One pass over the statements of a module."""

    def __init__(
        self, engine: Engine, scope: Scope, launching: frozenset[str], starters: frozenset[str]
    ) -> None:
        self.engine, self.scope, self.launching, self.starters = engine, scope, launching, starters
        self.frame = Frame(engine.module_activation(scope.module), {})
        self.launched = "no"

    def run(self) -> Iterator[Called]:
        """The calls of the module."""
        assert self.scope.module.tree is not None
        for name in self.scope.imports:
            target = self.engine.symbols.find(name, self.scope.module)
            if target is not None and target.path in self.starters:
                self.launched = "maybe"
        yield from self._statements(self.scope.module.tree.body)

    def _statements(self, body: list[ast.stmt]) -> Iterator[Called]:
        for statement in body:
            if isinstance(statement, FUNCTIONS) or _is_for_types(statement):
                continue
            nested = [getattr(statement, field, None) for field in _BLOCKS]
            blocks = [b for b in nested if isinstance(b, list) and b]
            blocks += [handler.body for handler in getattr(statement, "handlers", [])]
            if blocks:
                yield from self._calls(_header(statement))
                for block in blocks:
                    yield from self._statements(block)
            else:
                yield from self._calls([statement])

    def _calls(self, nodes: list[ast.AST]) -> Iterator[Called]:
        """The calls in some expressions; a call comes after those in its arguments."""
        found = [part for node in nodes for part in calls_run_by(node)]
        for node in sorted(
            found, key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0)
        ):
            callee = self.engine.evaluate(node.func, self.frame)
            yield Called(self.scope.module, node, callee, self.launched)
            self._note(callee)

    def _note(self, callee: Value) -> None:
        """Remember a launch."""
        for atom in callee.atoms:
            if isinstance(atom, External) and atom.name == LAUNCH:
                self.launched = "yes"
                return
            ref = atom.function if isinstance(atom, BoundMethod) else atom
            if isinstance(ref, FunctionRef) and ref.function.name in self.launching:
                self.launched = "yes"
                return
        if callee.is_unknown and self.launched == "no":
            self.launched = "maybe"


def _header(statement: ast.stmt) -> list[ast.AST]:
    """The expressions that a compound statement evaluates itself."""
    return [
        part
        for part in ast.iter_child_nodes(statement)
        if isinstance(part, ast.expr | ast.withitem | ast.keyword)
    ]


def _is_for_types(statement: ast.stmt) -> bool:
    """Whether a statement is only for type checkers."""
    test = getattr(statement, "test", None)
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _launching_functions(program: Program) -> frozenset[str]:
    """The names of functions that launch, themselves or through functions they call."""
    calls: dict[str, set[str]] = {}
    for module in program.modules:
        if module.tree is None or LAUNCH_WORD not in module.text:
            continue
        for node in every(module.tree, ast.FunctionDef, ast.AsyncFunctionDef):
            calls.setdefault(node.name, set()).update(called_names(node))
    found = {name for name, called in calls.items() if "launch" in called}
    grown = True
    while grown:
        more = {name for name, called in calls.items() if called & found} - found
        found |= more
        grown = bool(more)
    return frozenset(found)


def _launching_modules(program: Program) -> frozenset[str]:
    """The modules that launch when they are imported."""
    return frozenset(
        module.path
        for module in program.modules
        if module.tree is not None
        and LAUNCH_WORD in module.text
        and any(
            isinstance(part, ast.Call) and getattr(part.func, "attr", "") == "launch"
            for statement in module.tree.body
            if isinstance(statement, ast.Expr)
            for part in walk(statement)
        )
    )


def started_modules(program: Program) -> frozenset[str]:
    """The modules that launch, and those they import, directly or not."""
    symbols = program.engine.symbols
    found = {path for path, scope in symbols.scopes.items() if LAUNCH_CALL in scope.module.text}
    waiting = sorted(found)
    while waiting:
        scope = symbols.scopes[waiting.pop()]
        for name in scope.imports:
            target = symbols.find(name, scope.module)
            if target is not None and target.path not in found and target.path in symbols.scopes:
                found.add(target.path)
                waiting.append(target.path)
    return frozenset(found)
