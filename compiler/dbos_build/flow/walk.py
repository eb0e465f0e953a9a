"""The state of a walk through one workflow, and what its parts ask of each other.

In: nothing. Out: `Walk`, which holds the terms, the blocks drawn so far, the call that is being
followed and what surrounds it, and the interface of the functions that evaluate and run syntax.
Never: looks at syntax itself.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dbos_build.flow.blocks import Block, Blocks, Draft, Variable
from dbos_build.flow.globals import Globals
from dbos_build.flow.graph import RAISED, RESULT
from dbos_build.flow.reaching import Reaching
from dbos_build.flow.terms import Terms
from dbos_build.interpreter.machine import Activation, Enter
from dbos_build.interpreter.names import Names

BLOCKS_MAX = 4000
"""How large a graph may become; calls beyond that are drawn as opaque."""
DEPTH_MAX = 24
"""How deep helpers are followed into helpers."""
HEAP: Variable = (0, "*heap")
CAUGHT: Variable = (0, "*caught")


@dataclass(slots=True, eq=False)
class Loop:
    """A loop that is being drawn: where `continue` and `break` go."""

    again: Block
    out: Block
    depth: int


@dataclass(slots=True, eq=False)
class Frame:
    """One call of a function that is followed. `outer` is the call it closes over.

    `leave` is the block behind the call; without one the call is evaluated as a plain expression.
    `base` is how many catchers surround it. `captured` stands for the variables around a function
    that was made by a call which is over, such as a decorator's; -1 when there are none.
    """

    number: int
    activation: Activation
    names: Names
    outer: Frame | None
    owned: frozenset[str]
    scalars: frozenset[str]
    leave: Block | None = None
    base: int = 0
    captured: int = -1
    loops: list[Loop] = field(default_factory=list)
    inner: list[dict[str, int]] = field(default_factory=list)
    """Names that comprehensions and lambdas bind, innermost last."""

    @property
    def result(self) -> Variable:
        """The variable that holds what the call returns."""
        return (self.number, "*result")


@dataclass(slots=True, eq=False)
class Catcher:
    """What surrounds the code being drawn: `target` catches what it raises, `last` runs at its end.

    A catcher of a `finally` that does nothing durable has no target. `leave` notes what else
    happens on every way out, by what a `with` has entered.
    """

    target: Block | None
    last: Sequence[ast.stmt] = ()
    frame: Frame | None = None
    leave: Callable[[], None] | None = None


@dataclass(slots=True, eq=False)
class Pending:
    """A coroutine that was made and not yet awaited: its function and its parameters."""

    activation: Activation
    passed: dict[str, int]
    node: ast.AST


class Walk(ABC):
    """A walk through one workflow."""

    def __init__(self, known: Globals, reaching: Reaching) -> None:
        self.globals = known
        self.reaching = reaching
        self.terms = Terms()
        self.blocks = Blocks(self.terms)
        self.here: Block | None = self.blocks.block()
        self.frames: list[Frame] = []
        self.catchers: list[Catcher] = []
        self.contexts: list[int] = []
        self.pending: dict[int, Pending] = {}
        self.functions: dict[int, tuple[ast.AST, Frame]] = {}
        self.consumed: set[ast.AST] = set()
        self.called: set[ast.AST] = set()
        self.kept: set[ast.AST] = set()
        self.consuming: dict[ast.AST, frozenset[str]] = {}
        self.made: dict[int, list[tuple[int, ast.AST]]] = {}
        self.reads = 0
        self.risks: list[int] | None = None
        self.folds = 0
        self.binders = 0
        self.budget: int | None = None
        self.counter = 0
        self.write(HEAP, self.terms.make("heap"))

    @property
    def frame(self) -> Frame:
        """The call that is being followed."""
        return self.frames[-1]

    def fresh(self) -> int:
        """A number that nothing else has."""
        self.counter += 1
        return self.counter

    def read(self, variable: Variable) -> int:
        """What a variable holds here."""
        if self.here is None:
            return self.terms.make("unreachable")
        return self.blocks.read(variable, self.here)

    def write(self, variable: Variable, value: int) -> None:
        """Assign a variable here."""
        if self.here is not None:
            self.blocks.write(variable, self.here, value)

    def now(self, value: int) -> int:
        """What a value is in the present state of all objects."""
        return self.terms.make("at", value, self.read(HEAP))

    def change(self, head: str, *parts: int) -> None:
        """Some object is changed in place."""
        self.write(HEAP, self.terms.make(head, self.read(HEAP), *parts))

    def draw(
        self,
        kind: str,
        node: ast.AST,
        *,
        text: str = "",
        value: int = -1,
        name: str = "",
        recorded: tuple[str, ...] = (),
        is_started: bool = False,
    ) -> Block:
        """End the present block with a node, and go on behind it; answers the ended block."""
        if self.risks:
            self.settle_risks(node)
        if self.here is None:
            self.here = self.blocks.block()
        ended, activation = self.here, self.frame.activation
        path = activation.module.path
        place = (path, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)
        ended.node = Draft(
            kind=kind,
            name=name,
            recorded=recorded,
            text=text,
            function=f"{path}:{activation.name}",
            value=value,
            place=place,
            is_started=is_started,
            order=self.fresh(),
        )
        self.here = self.blocks.block((ended, ""))
        return ended

    def split(self, kind: str, node: ast.AST, text: str, condition: int) -> tuple[Block, Block]:
        """Draw a decision; the present block is gone, two new ones begin: for yes and for no."""
        labels = ("each", "done") if kind == "loop" else ("yes", "no")
        while self.terms.rows[condition].head == "not":
            (condition,) = self.terms.rows[condition].parts
            labels = (labels[1], labels[0])
            text = text.removeprefix("not ") if text.startswith("not ") else f"not ({text})"
        if self.is_patch(condition):
            labels = ("patched", "unpatched") if labels[0] == "yes" else ("unpatched", "patched")
        ended = self.draw(kind, node, text=text, value=condition)
        self.here = None
        return self.blocks.block((ended, labels[0])), self.blocks.block((ended, labels[1]))

    def is_patch(self, condition: int) -> bool:
        """Whether a condition is the answer of a patch."""
        row = self.terms.rows[condition]
        drawn = self.blocks.blocks[row.place].node if row.head == RESULT else None
        return drawn is not None and drawn.kind == "patch"

    def risk(self, value: int) -> int:
        """Note that making a value may fail, where something would catch that."""
        if self.risks is not None and value not in self.risks:
            self.risks.append(value)
        return value

    def end_way(self, node: ast.AST) -> None:
        """Settle at the end of a way what may have failed on it, and on no other that meets it."""
        if self.risks and not self.folds and self.budget is None:
            self.settle_risks(node)

    def settle_risks(self, node: ast.AST) -> None:
        """Draw that what was computed since the last node may have failed."""
        risks, self.risks = self.risks, None
        if risks and self.here is not None:
            self.check(node, self.terms.make("risks", *risks), "computing fails")
        self.risks = []

    def check(self, node: ast.AST, value: int, text: str) -> None:
        """Draw a computation that may raise an error of its own."""
        ended = self.draw("branch", node, text=text, value=value)
        error = self.terms.make("error", value)
        if any(catcher.target is not None for catcher in self.catchers):
            self.throw_from(ended, error)
            return
        behind = self.here
        self.here = self.blocks.block((ended, "raised"))
        self.draw("raise", node, text=text, value=error)
        self.here = behind

    def operate(self, ended: Block) -> int:
        """Go on behind an operation: its result, and what catches its error."""
        if any(catcher.target is not None for catcher in self.catchers):
            self.throw_from(ended, self.terms.make(RAISED, place=ended.number))
        return self.terms.make(RESULT, place=ended.number)

    def throw_from(self, ended: Block, error: int) -> None:
        """The node at the end of a block may raise an error that something catches."""
        side = self.blocks.block((ended, "raised"))
        side.held[CAUGHT] = error
        for catcher in reversed(self.catchers):
            if catcher.target is not None:
                self.blocks.enter(side, catcher.target)
                return

    def jump(self, target: Block, label: str = "") -> None:
        """Leave the present block for one that is not sealed."""
        if self.here is not None:
            self.blocks.enter(self.here, target, label)
            self.here = None

    def meet(self, *ends: Block | None) -> None:
        """Go on where several ways meet."""
        open_ends = [(end, "") for end in ends if end is not None]
        if len(open_ends) == 1:
            self.here = open_ends[0][0]
        else:
            self.here = self.blocks.block(*open_ends) if open_ends else None

    def leave_to(self, base: int) -> None:
        """Run what has to run at the end of the blocks that an early exit leaves."""
        kept = self.catchers
        for position in range(len(kept) - 1, base - 1, -1):
            if self.here is None:
                break
            self.catchers = kept[:position]
            self.run(kept[position].last)
            left = kept[position].leave
            if left is not None and self.here is not None:
                left()
        self.catchers = kept

    @abstractmethod
    def variable(self, name: str) -> Variable | None:
        """The variable that an assignment to a name writes; None for a global one."""

    @abstractmethod
    def choose(self, condition: int, yes: int, no: int) -> int:
        """One of two values, by a condition."""

    @abstractmethod
    def each(self, node: ast.expr, values: int, once: Callable[[int], None]) -> None:
        """Draw a loop over some values."""

    @abstractmethod
    def guarded(self, conditions: Sequence[ast.expr], follow: Callable[[], None]) -> None:
        """Draw what happens when all conditions hold."""

    @abstractmethod
    def value(self, node: ast.expr) -> int:
        """The term of an expression; operations in it are drawn."""

    @abstractmethod
    def call(self, node: ast.Call, *, is_awaited: bool = False, is_kept: bool = False) -> int:
        """The term of a call; `is_kept` says that a coroutine may be awaited later."""

    @abstractmethod
    def opaque(self, node: ast.Call) -> int:
        """Draw a call that nobody can follow and that may run operations."""

    @abstractmethod
    def lane(self, node: ast.AST, pending: Pending) -> int:
        """Draw a coroutine that runs beside what follows; its result."""

    @abstractmethod
    def arguments(self, node: ast.Call, *, skip: int = 0, are_copied: bool = False) -> list[int]:
        """The arguments of a call as parts of a term, without the first few."""

    @abstractmethod
    def run(self, body: Sequence[ast.stmt]) -> None:
        """Draw statements."""

    @abstractmethod
    def assign(self, target: ast.expr, value: int) -> None:
        """Assign a value to a target of any form."""

    @abstractmethod
    def enter_plain(self, node: ast.AST, entered: Sequence[Enter], receiver: int) -> int:
        """The term of what a property or another call without arguments gives."""

    @abstractmethod
    def resume(self, pending: Pending) -> int:
        """Run a coroutine where it is awaited; its result."""
