"""The parts of the interpreter that hold state: cells, activations, frames.

In: nothing. Out: the mutable records that the engine fills while it runs to its fixed point, and
the interface through which the interpreter's modules call each other. Never does: evaluate.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.meanings import Meanings
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.settling import settled
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    FunctionRef,
    InstanceRef,
    Place,
    Taint,
    Unknown,
    Value,
)
from dbos_build.names.registering import Registration, Registrations
from dbos_build.names.symbols import Binding, Class, Function, Symbols
from dbos_build.reading.module import Module

if TYPE_CHECKING:
    from dbos_build.interpreter.rerun import Rerun

GROWTH_MAX = 24
KEEPS_CHANGING = Value(ordered((Unknown("keeps changing"),)))
FROZEN_AFTER = 4 * GROWTH_MAX
"""Cells that went on growing so often are left as they are."""


@dataclass(frozen=True, slots=True)
class Enter:
    """A call that runs a function of the project.

    `through` names what causes it when it is no plain call: a default factory of a field.
    """

    activation: Activation
    through: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A call of, or a read from, something outside the project. `effects` may be empty.

    `through` names what causes it when the code at the node does not name it itself.
    """

    name: str
    effects: tuple[str, ...]
    taint: Taint | None = None
    through: str = ""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A durable operation: a step, transaction or workflow called, or part of the DBOS API used."""

    kind: str
    name: str
    function: Function | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """A call that cannot be resolved, and why."""

    reason: str


Target = Enter | Use | Boundary | Opaque


_NEVER: list[tuple[int, Value]] = []
"""The history of cells that keep none."""


class Cell:
    """A value that only grows, and the activations that have read it.

    `history` tells each time when something was added to it, with its value then; `born` when it
    was made.
    """

    __slots__ = (
        "born",
        "contributions",
        "engine",
        "growth",
        "history",
        "is_passed",
        "is_read_outside",
        "is_written_inside",
        "readers",
        "value",
    )

    def __init__(self, engine: Machine) -> None:
        self.engine = engine
        self.value = NOTHING
        self.readers: dict[Activation, None] = {}
        self.growth = 0
        self.born = engine.tick
        self.history: list[tuple[int, Value]] = [] if engine.remembers else _NEVER
        self.contributions: list[tuple[Activation | None, Value]] | None
        self.contributions = [] if engine.remembers else None
        """What was added, and by whose run; None when that is not known any more."""
        self.is_written_inside = False
        """Whether it is a variable that functions inside its own one assign or fill."""
        self.is_read_outside = False
        """Whether something read it that is not run again when it grows."""
        self.is_passed = False
        """Whether it is a parameter or a result, which nothing knows of but calls."""

    def own(self) -> Value:
        """The value so far, for the function whose variable it is."""
        return self.value if self.engine.rerun is None else self.engine.rerun.at(self)

    def read(self, reader: Activation | None) -> Value:
        """The value so far; the reader runs again when it grows."""
        if self.engine.rerun is not None:
            return self.engine.rerun.read(self, reader)
        if reader is not None:
            self.readers[reader] = None
        if reader is None or reader.function is None:
            self.is_read_outside = True
        return self.value

    def grow(self, value: Value) -> None:
        """Join a value in; after many changes the atoms collapse into an unknown."""
        if self.engine.rerun is not None:
            self.engine.rerun.grow(self, value)
            return
        if self.contributions is not None:
            self.contributions.append((self.engine.current, value))
        if value.atoms <= self.value.atoms and value.taints <= self.value.taints:
            return
        joined = settled(self.value.join(value))
        if joined is self.value or joined == self.value:
            return
        self.growth += 1
        if self.growth > GROWTH_MAX:
            joined = Value(KEEPS_CHANGING.atoms, joined.taints)
            if joined == self.value or self.growth > FROZEN_AFTER:
                if self.growth <= FROZEN_AFTER:
                    self._note_time()
                return
        self.value = joined
        self._note_time()
        for reader in self.readers:
            self.engine.revisit(reader)

    def changed_last(self) -> int:
        """When the value last became another one."""
        at = len(self.history) - 1
        while at > 0 and self.history[at][1] is self.history[at - 1][1]:
            at -= 1
        return self.history[at][0] if at >= 0 else 0

    def _note_time(self) -> None:
        if self.engine.remembers:
            self.engine.tick += 1
            self.history.append((self.engine.tick, self.value))


class Activation:
    """A function run with one shape of arguments, and everything recorded while it ran."""

    __slots__ = (
        "born",
        "branches",
        "calls",
        "cells",
        "closure",
        "decorates",
        "evaluated",
        "evaluations",
        "function",
        "globals_read",
        "memo",
        "module",
        "parameters",
        "queued",
        "receiver",
        "returns",
        "running",
        "spans",
        "stores",
        "values",
        "yields",
    )

    def __init__(
        self,
        engine: Machine,
        module: Module,
        function: Function | None,
        closure: Activation | None,
        receiver: Atom | None,
    ) -> None:
        self.module = module
        self.function = function
        self.closure = closure
        self.receiver = receiver
        self.parameters: dict[str, Cell] = {}
        self.cells: dict[str, Cell] = {}
        self.returns = Cell(engine)
        self.yields = Cell(engine)
        self.returns.is_passed = self.yields.is_passed = True
        self.evaluated = self.queued = self.running = False
        self.decorates: Function | None = None
        self.evaluations = 0
        self.born = engine.tick
        self.spans: list[tuple[int, int]] = []
        """When each of its runs began and ended, as the engine counts time."""
        self.clear()

    def clear(self) -> None:
        """Forget the facts of an earlier run."""
        self.calls: dict[ast.AST, list[Target]] = {}
        self.values: dict[ast.AST, Value] = {}
        self.globals_read: dict[ast.AST, tuple[str, str]] = {}
        self.branches: list[tuple[ast.AST, frozenset[Taint]]] = []
        self.stores: list[Store] = []
        self.memo: dict[str, Any] = {}
        """What later passes computed from these facts, by their name for it."""

    def cell(self, name: str) -> Cell:
        """The cell of a local variable, for the functions nested in this one."""
        cell = self.cells.get(name)
        if cell is None:
            engine = self.returns.engine
            made = Cell(engine) if engine.rerun is None else engine.rerun.local(self, name)
            cell = self.cells[name] = made
        return cell

    def record(self, node: ast.AST, target: Target) -> None:
        """Note that evaluating `node` does this; the same thing is noted once."""
        known = self.calls.setdefault(node, [])
        if target not in known:
            known.append(target)

    @property
    def name(self) -> str:
        """The qualified name of the function, or of the module for module-level code."""
        return self.function.qualname if self.function is not None else self.module.name


@dataclass(frozen=True, slots=True)
class Store:
    """A write outside the local variables: what is written, how, and where.

    `kind` is global (a module variable rebound), module (an object held by a module variable
    changed), self (an attribute of a method's own object), object (another object's attribute)
    or class. `name` is the variable or attribute.
    """

    kind: str
    name: str
    node: ast.AST
    owner: str = ""


class Frame:
    """Where an expression is evaluated: the activation and its local variables right now."""

    __slots__ = ("activation", "env", "owner")

    def __init__(
        self, activation: Activation, env: dict[str, Value], owner: Class | None = None
    ) -> None:
        self.activation = activation
        self.env = env
        self.owner = owner

    def branch(self) -> Frame:
        """A copy that can be written without touching this one."""
        return Frame(self.activation, dict(self.env), self.owner)

    def adopt(self, *others: Frame) -> None:
        """Continue with the join of other frames' variables."""
        merged: dict[str, Value] = dict(others[0].env)
        for other in others[1:]:
            for name, value in other.env.items():
                known = merged.get(name)
                merged[name] = value if known is None else known.join(value)
        self.env = merged


@dataclass(slots=True)
class Arguments:
    """The values a call passes. `star` and `double_star` stand for unpacked arguments."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    star: Value | None = None
    double_star: Value | None = None

    def get(self, name: str, position: int) -> Value | None:
        """The value passed for a parameter by keyword or by position, if any."""
        if name in self.keywords:
            return self.keywords[name]
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return None

    def handed_on(self) -> Arguments:
        """Those behind the first: what a function gets that is itself the first argument."""
        return Arguments(self.positional[1:], dict(self.keywords), self.star, self.double_star)

    def all(self) -> list[Value]:
        """Every value passed."""
        rest = [value for value in (self.star, self.double_star) if value is not None]
        return [*self.positional, *self.keywords.values(), *rest]

    @property
    def taints(self) -> frozenset[Taint]:
        """Where the arguments may come from."""
        return frozenset().union(*(value.taints for value in self.all()))


@dataclass(frozen=True, slots=True)
class Decorated:
    """A function's value once its decorators are applied, and how it binds as a member."""

    value: Value
    binds: str = "method"


class Machine(ABC):
    """What the interpreter's modules ask of each other; the engine implements it."""

    tick: int = 0
    """Time: one more whenever a cell grows, a run begins or ends, or something is found out."""
    remembers: bool = False
    """Whether functions may be run again later; cells keep their history for that."""
    rerun: Rerun | None = None
    current: Activation | None = None
    """The activation that is being run."""
    places: dict[str, dict[tuple[int, int], Place]]
    made: dict[ast.AST, ast.Attribute]
    """Targets of assignments that calls make, by the call; they are in no tree."""
    known_since: dict[tuple[str, object], int]
    """When something that is found out once was known, by its kind and what it is about."""
    symbols: Symbols
    knowledge: Knowledge
    local_names: dict[Function, Any]
    closures: dict[Class, Activation]
    inline_steps: dict[Activation, str]
    shared_sites: set[int]
    shared: frozenset[tuple[Class, int | None]] | None = None
    activations: dict[Function, list[Activation]]
    declared: dict[tuple[str, Function | Class], Any]
    cached: set[Function]
    registrars: set[Function]
    decorating: list[Function]
    wrapped: dict[Function, FunctionRef]
    aliases: dict[Function, dict[str, str]]
    attributes: dict[tuple[Class, int | None], dict[str, Cell]]
    types: Meanings | None = None
    memo: dict[str, Any]
    handed: dict[Function, list[Registration]]
    """The functions that calls register with one that chooses by type, and for which types."""

    def found_out(self, kind: str, key: object) -> None:
        """Take note that something is known from now on."""
        self.tick += 1
        self.known_since[kind, key] = self.tick

    def place(self, path: str, line: int, column: int) -> Place:
        """The one object for a position."""
        known = self.places.setdefault(path, {})
        found = known.get((line, column))
        if found is None:
            found = known[line, column] = Place(path, line, column)
        return found

    @abstractmethod
    def binding_value(self, binding: Binding, frame: Frame, name: str) -> Value:
        """What one binding of a module or class body gives a name."""

    @abstractmethod
    def revisit(self, activation: Activation) -> None:
        """Run an activation again before the analysis ends."""

    @abstractmethod
    def is_nested(self) -> bool:
        """Whether the activation being run was entered from another one's run."""

    @abstractmethod
    def imported(
        self, module: str, attribute: str | None, importer: Module, reader: Activation | None
    ) -> Value:
        """What `import module` or `from module import attribute` binds."""

    @abstractmethod
    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression; what it does is recorded in the frame's activation."""

    @abstractmethod
    def execute(self, body: list[ast.stmt], frame: Frame) -> bool:
        """Run statements; True when control cannot fall off their end."""

    @abstractmethod
    def call(self, node: ast.AST, callee: Value, arguments: Arguments, frame: Frame) -> Value:
        """Call a value; targets are recorded at `node`."""

    @abstractmethod
    def attribute(self, node: ast.AST, value: Value, name: str, frame: Frame) -> Value:
        """Read an attribute of a value; properties run and are recorded at `node`."""

    @abstractmethod
    def activate(
        self,
        function: Function,
        closure: Activation | None,
        receiver: Atom | None,
        passed: dict[str, Value],
    ) -> Activation:
        """The activation of a function for these arguments, run if it never was."""

    @abstractmethod
    def decorated(self, function: Function, closure: Activation | None) -> Decorated:
        """A function as its decorators leave it."""

    @abstractmethod
    def decorated_class(self, owner: Class, closure: Activation | None) -> Value:
        """A class as its decorators leave it."""

    @abstractmethod
    def module_value(self, module: Module, name: str, reader: Activation | None) -> Value | None:
        """What a top-level name of a module may be; None when it has no such name."""

    @abstractmethod
    def module_cell(self, module: Module, name: str) -> Cell:
        """The cell that collects writes to a module variable from inside functions."""

    @abstractmethod
    def module_values(self) -> Iterator[Value]:
        """What the module variables hold that were looked at."""

    @abstractmethod
    def attribute_cell(self, owner: Class, site: int | None, name: str) -> Cell:
        """The cell of an instance attribute, per place where instances are made."""

    @abstractmethod
    def module_activation(self, module: Module) -> Activation:
        """The record of what module-level code does."""

    @abstractmethod
    def function_at(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame
    ) -> Function:
        """The function entity of a nested def or lambda."""

    @abstractmethod
    def class_at(self, node: ast.ClassDef, frame: Frame) -> Class:
        """The class entity of a class statement inside a function."""

    @abstractmethod
    def mro(self, owner: Class) -> tuple[Class | str, ...]:
        """A class and its ancestors in lookup order; classes outside the project by name."""

    @abstractmethod
    def subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The project's classes below a class."""

    @abstractmethod
    def registrations(self) -> Registrations:
        """What the tops of the project's modules hand to others, to be called later."""

    @abstractmethod
    def declare(self, kind: str, target: Function | Class, site: int) -> None:
        """Note that a durable decorator was applied."""

    @abstractmethod
    def marker(self, kind: str, node: ast.AST, arguments: Arguments, frame: Frame) -> Value:
        """A durable decorator made by a call such as `DBOS.workflow(name="x")`."""

    @abstractmethod
    def inferred_attribute(self, receiver: InstanceRef, name: str) -> None:
        """Run the methods that assign `self.name`, so that its cell holds what they store."""
