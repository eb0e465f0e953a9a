"""The parts of the interpreter that hold state: cells, activations, frames.

In: nothing. Out: the mutable records that the engine fills while it runs to its fixed point, and
the interface through which the interpreter's modules call each other. Never does: evaluate.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbos_build.interpreter.cells import Cell
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.meanings import Meanings
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    FunctionRef,
    InstanceRef,
    Place,
    Taint,
    Value,
)
from dbos_build.names.registering import Registration, Registrations
from dbos_build.names.symbols import Binding, Class, Function, Symbols
from dbos_build.reading.module import Module

if TYPE_CHECKING:
    from dbos_build.interpreter.rerun import Rerun
    from dbos_build.interpreter.taping import Tape


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
        "is_alone",
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
        self.is_alone = False
        """Whether no function or class stands inside its function, to know of its variables."""
        self.returns = Cell(engine)
        self.yields = Cell(engine)
        self.returns.is_passed = self.yields.is_passed = True
        self._begin()

    def begin(self) -> None:
        """Begin as an activation that was never run, in the present analysis."""
        self.returns.begin()
        self.yields.begin()
        self._begin()

    def _begin(self) -> None:
        engine = self.returns.engine
        self.parameters: dict[str, Cell] = {}
        self.cells: dict[str, Cell] = {}
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
            if engine.rerun is not None:
                cell = engine.rerun.local(self, name)
            else:
                cell = engine.local_cell(self, name)
            self.cells[name] = cell
        return cell

    def own(self, name: str) -> Value:
        """The value of a local variable so far, for the function itself."""
        tape = self.returns.engine.tape
        if tape is not None and not self.is_alone:
            return tape.own(self, name)
        cell = self.cells.get(name)
        return NOTHING if cell is None else cell.own()

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

    `kind` is global (a module variable rebound), nonlocal (one of an enclosing function), module
    (an object held by a module variable changed), self (an attribute of a method's own object),
    object (another object's attribute) or class. `name` is the variable or attribute.
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
    tape: Tape | None = None
    """What notes what the present run of a function asks and tells; see `taping`."""
    generation: int = 0
    """How often the analysis began anew; cells of an earlier one are not known any more."""
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

    def local_cell(self, activation: Activation, name: str) -> Cell:
        """A cell for a local variable that has none yet."""
        return Cell(self)

    def closure_of(self, owner: Class) -> Activation | None:
        """What a class closes over that a function makes; None for others."""
        if self.tape is not None and owner.parent is not None:
            self.tape.is_spoiled = True
        return self.closures.get(owner)

    def is_bound(self, path: str, name: str) -> bool:
        """Whether a module binds a name at its top."""
        return name in self.symbols.scopes[path].bindings

    def evaluate_elsewhere(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression that stands in other code than what is run."""
        return self.evaluate(node, frame)

    def place(self, path: str, line: int, column: int) -> Place:
        """The one object for a position."""
        known = self.places.setdefault(path, {})
        found = known.get((line, column))
        if found is None:
            found = known[line, column] = Place(path, line, column)
        return found

    def move_places(
        self, path: str, now: Callable[[int, int], Collection[tuple[int, int]]]
    ) -> bool:
        """Move the places in a file that was edited; whether each is at one position at most."""
        are_clear = True
        moved: dict[tuple[int, int], Place] = {}
        for (line, column), place in self.places.get(path, {}).items():
            positions = now(line, column)
            free = [each for each in positions if each not in moved]
            are_clear = are_clear and len(positions) == len(free) < 2
            for place.line, place.column in sorted(free)[:1]:
                moved[place.line, place.column] = place
        self.places[path] = moved
        return are_clear

    def forget_tape(self, activation: Activation) -> None:
        """Take note that an activation was run again by other means than the engine's."""
        return

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
