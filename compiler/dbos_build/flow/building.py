"""Building: the flow graph of one workflow, from its code.

In: an analysed program and the declaration of a workflow. Out: its `Flow`, and where each node is
written. Drawing goes through the code once; afterwards what needs no node of its own is left out
and values that can only be one thing are that thing.
Never: raises on the user's code; depends on local names, formatting or anything but the sources.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.flow import calling, concurrency, expressions, finishing, inlining, statements
from dbos_build.flow.blocks import Block, Variable
from dbos_build.flow.globals import Globals, globals_of
from dbos_build.flow.graph import Flow
from dbos_build.flow.ownership import owned_names, scalar_names
from dbos_build.flow.reaching import Reaching, reaching
from dbos_build.flow.walk import Frame, Pending, Walk
from dbos_build.interpreter.machine import Activation, Enter
from dbos_build.interpreter.names import local_names, parameters
from dbos_build.names.forms import Key
from dbos_build.names.symbols import Class, Function


class _Walker(Walk):
    """A walk whose parts are the functions of the modules around this one."""

    def __init__(self, known: Globals, reach: Reaching, root: Activation) -> None:
        super().__init__(known, reach)
        function = root.function
        assert function is not None
        self.frames.append(
            Frame(
                number=self.fresh(),
                activation=root,
                names=local_names(known.engine, function),
                outer=None,
                owned=owned_names(function.node, inlining.handed_over(root)),
                scalars=scalar_names(function.node),
                leave=self.blocks.block(sealed=False),
            )
        )

    def follow(self) -> Block:
        """Draw the whole workflow; answers the block of its end."""
        frame = self.frame
        function, leave = frame.activation.function, frame.leave
        assert function is not None
        assert leave is not None
        self.draw("begin", function.node)
        for each in parameters(function.node):
            self.write((frame.number, each.arg), self._input(function, each.arg))
        if isinstance(function.node, ast.Lambda):
            self.write(frame.result, self.value(function.node.body))
        else:
            self.run(function.node.body)
            if self.here is not None:
                self.write(frame.result, self.terms.scalar("const:NoneType:None"))
        self.jump(leave)
        self.blocks.seal(leave)
        self.here = leave if leave.entries else self.blocks.block()
        result = self.now(self.read(frame.result))
        return self.draw("end", function.node, value=result)

    def _input(self, function: Function, name: str) -> int:
        """A parameter of the workflow: its name, its place if it may be passed by it, its default.

        Inputs are stored as they were passed, and defaults are filled in when the code runs.
        """
        given = function.node.args
        names = [each.arg for each in (*given.posonlyargs, *given.args)]
        place = names.index(name) if name in names else -1
        marks = [
            mark for mark, rest in (("*", given.vararg), ("**", given.kwarg)) if _is(rest, name)
        ]
        what = self.terms.make(f"parameter:{''.join(marks)}{name}:{place}")
        if function.owner is not None and place == 0:
            return self.terms.make("self", what, *self._state(function.owner))
        default = inlining.defaults_of(function).get(name)
        if default is None:
            return what
        return self.terms.make("input", what, inlining.default(self, function, default))

    def _state(self, owner: Class) -> list[int]:
        """What the attributes of a workflow's own object depend on: its class, and its making."""
        path, name = owner.module.path, owner.qualname
        known = ("class", path, name) in self.globals.made.names.hierarchy.classes
        keys: list[Key] = [("class", path, name), ("instances", path, name)] if known else []
        return [self.terms.make(f"state:{self.globals.digest(key)}") for key in keys]

    def value(self, node: ast.expr) -> int:
        return expressions.evaluate(self, node)

    def call(self, node: ast.Call, *, is_awaited: bool = False, is_kept: bool = False) -> int:
        return calling.call(self, node, is_awaited=is_awaited, is_kept=is_kept)

    def opaque(self, node: ast.Call) -> int:
        return calling.opaque(self, node)

    def arguments(self, node: ast.Call, *, skip: int = 0, are_copied: bool = False) -> list[int]:
        return calling.arguments(self, node, skip=skip, are_copied=are_copied)

    def run(self, body: Sequence[ast.stmt]) -> None:
        statements.run(self, body)

    def assign(self, target: ast.expr, value: int) -> None:
        statements.assign(self, target, value)

    def resume(self, pending: Pending) -> int:
        return inlining.resume(self, pending)

    def lane(self, node: ast.AST, pending: Pending) -> int:
        return concurrency.lane(self, node, pending)

    def enter_plain(self, node: ast.AST, entered: Sequence[Enter], receiver: int) -> int:
        return inlining.enter_plain(self, node, entered, receiver)

    def choose(self, condition: int, yes: int, no: int) -> int:
        return expressions.select(self, condition, yes, no)

    def variable(self, name: str) -> Variable | None:
        return expressions.variable(self, name)

    def each(self, node: ast.expr, values: int, once: Callable[[int], None]) -> None:
        statements.each(self, node, values, once)

    def guarded(self, conditions: Sequence[ast.expr], follow: Callable[[], None]) -> None:
        statements.guarded(self, conditions, follow)


def _is(argument: ast.arg | None, name: str) -> bool:
    return argument is not None and argument.arg == name


def build(program: Program, declaration: Declaration) -> Flow:
    """Return the flow graph of a workflow."""
    return finishing.flow_of(*_drawn(program, declaration))


def places(program: Program, declaration: Declaration) -> Mapping[int, tuple[str, int, int]]:
    """Return where each node of a workflow's flow is written: path, line and column from 1."""
    return finishing.places_of(*_drawn(program, declaration))


def _drawn(program: Program, declaration: Declaration) -> tuple[Walk, Block]:
    """A finished walk through a workflow, and the block of its end."""
    function = declaration.entity
    assert isinstance(function, Function)
    reached = list(program.reaches[function].activations())
    root = reached[0]
    methods = {
        each.entity.name
        for group in (program.workflows, program.steps, program.transactions)
        for each in group
        if isinstance(each.entity, Function) and each.entity.owner is not None
    }
    walker = _Walker(globals_of(program), reaching(reached, methods), root)
    return walker, walker.follow()
