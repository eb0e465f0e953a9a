"""An engine that keeps a tape of every run: what it asks and tells is noted on the way.

In: symbols and knowledge. Out: an engine that finds the same as any other, and has a `Record` of
each run of a function. Never does: repeat one; `repeating` does. What the engine does to answer is
not noted, only the answer: in a later analysis it is asked again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbos_build.interpreter.cells import Cell
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.machine import Activation, Arguments, Decorated, Frame
from dbos_build.interpreter.taping import Operation
from dbos_build.interpreter.values import Atom, InstanceRef, Value
from dbos_build.names.registering import Registrations
from dbos_build.names.symbols import Assigned, Binding, Class, Function, Symbols
from dbos_build.nodes import SCOPES, every
from dbos_build.reading.module import Module


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One run of an activation: with which parameters, what it did, and the facts it left.

    `cells` are its local variables as it left them.
    """

    parameters: tuple[str, ...]
    operations: list[Operation]
    facts: tuple[Any, ...]
    cells: dict[str, Cell]


class TapedEngine(Engine):
    """An engine whose runs are noted; `records` are those of each activation.

    There is None for a run that no tape tells.
    """

    def __init__(self, symbols: Symbols, knowledge: Knowledge) -> None:
        super().__init__(symbols, knowledge)
        self.remembers = True
        self.records: dict[Activation, list[Record | None]] = {}
        self.general: set[Activation] = set()
        """Activations for all calls of functions that are called in many ways."""

    def made_activation(
        self,
        key: object,
        function: Function,
        closure: Activation | None,
        receiver: Atom | None,
    ) -> Activation:
        """A new activation, to be known by this key."""
        made = super().made_activation(key, function, closure, receiver)
        made.is_alone = len(every(function.node, *SCOPES)) == 1
        return made

    def local_cell(self, activation: Activation, name: str) -> Cell:
        """A cell for a local variable that has none yet."""
        if self.tape is not None and not activation.is_alone:
            self.tape.note_local(activation, name)
        made = super().local_cell(activation, name)
        made.is_private = activation.is_alone
        return made

    def module_activation(self, module: Module) -> Activation:
        """The record of what module-level code does."""
        if self.tape is not None and not self._is_own(module):
            return self._ask("module_activation", module)  # type: ignore[no-any-return]
        return super().module_activation(module)

    def _is_own(self, module: Module) -> bool:
        """Whether the function that is run stands at the top of a module, which is known then."""
        current = self.current
        return current is not None and current.closure is None and current.module is module

    def activate(
        self,
        function: Function,
        closure: Activation | None,
        receiver: Atom | None,
        passed: dict[str, Value],
    ) -> Activation:
        """The activation of a function for these arguments, run if it never was."""
        tape = self.tape
        if tape is None:
            return super().activate(function, closure, receiver, passed)
        entered = super().activate
        return tape.enter(
            (function, closure, receiver),
            passed,
            lambda: self._untaped(entered, function, closure, receiver, passed),
        )

    def module_value(self, module: Module, name: str, reader: Activation | None) -> Value | None:
        """What a top-level name may be; None when the module has no such name."""
        tape = self.tape
        if tape is None:
            return super().module_value(module, name, reader)
        key = (module.path, name)
        cell = self._cells.get(key) if key in self._loaded else None
        is_free = cell is None and key not in self._cells
        if is_free and name not in (scope := self.symbols.scopes[module.path]).bindings:
            is_free = not scope.stars
        else:
            is_free = False
        asked = super().module_value
        return tape.name(
            (module, name, reader),
            cell,
            lambda: self._untaped(asked, module, name, reader),
            is_free=is_free,
        )

    def mro(self, owner: Class) -> tuple[Class | str, ...]:
        """A class and its ancestors in lookup order."""
        if self.tape is not None:
            return self._ask("mro", owner)  # type: ignore[no-any-return]
        return super().mro(owner)

    def subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The project's classes below a class."""
        if self.tape is not None:
            return self._ask("subclasses", owner)  # type: ignore[no-any-return]
        return super().subclasses(owner)

    def registrations(self) -> Registrations:
        """What the tops of the project's modules hand to others, to be called later."""
        if self.tape is not None:
            self.tape.is_spoiled = True  # Of them nothing is noted one by one.
        return super().registrations()

    def is_bound(self, path: str, name: str) -> bool:
        """Whether a module binds a name at its top."""
        if self.tape is not None:
            return self._ask("is_bound", path, name)  # type: ignore[no-any-return]
        return super().is_bound(path, name)

    def imported(
        self, module: str, attribute: str | None, importer: Module, reader: Activation | None
    ) -> Value:
        """What an import binds."""
        if self.tape is not None:
            return self._ask("imported", module, attribute, importer, reader)  # type: ignore[no-any-return]
        return super().imported(module, attribute, importer, reader)

    def inferred_attribute(self, receiver: InstanceRef, name: str) -> None:
        """Run the methods that assign an attribute, so that its cell holds what they store."""
        if self.tape is not None:
            self._ask("inferred_attribute", receiver, name)
        else:
            super().inferred_attribute(receiver, name)

    def binding_value(self, binding: Binding, frame: Frame, name: str) -> Value:
        """What one binding of a module or class body gives a name."""
        # A mere annotation is only read: nothing is noted of it where it stands.
        is_read = isinstance(binding, Assigned) and binding.value is None
        if self.tape is not None and frame.activation is not self.current and not is_read:
            return self._ask("binding_value", binding, frame, name)  # type: ignore[no-any-return]
        return super().binding_value(binding, frame, name)

    def evaluate_elsewhere(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression that stands in other code than what is run."""
        if self.tape is not None and frame.activation is not self.current:
            return self._ask("evaluate_elsewhere", node, frame)  # type: ignore[no-any-return]
        return super().evaluate_elsewhere(node, frame)

    def decorated(self, function: Function, closure: Activation | None) -> Decorated:
        """A function as its decorators leave it."""
        if self.tape is not None:
            if closure is not self.current or not function.decorators:
                return self._ask("decorated", function, closure)  # type: ignore[no-any-return]
            self.tape.is_spoiled = True
        return super().decorated(function, closure)

    def decorated_class(self, owner: Class, closure: Activation | None) -> Value:
        """A class as its decorators leave it."""
        if self.tape is not None:
            self.tape.is_spoiled = True
        return super().decorated_class(owner, closure)

    def class_at(self, node: ast.ClassDef, frame: Frame) -> Class:
        """The class entity of a class statement inside a function."""
        if self.tape is not None:
            self.tape.is_spoiled = True
        return super().class_at(node, frame)

    def function_at(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame
    ) -> Function:
        """The function entity of a nested def or lambda."""
        if self.tape is not None:
            bare = Frame(frame.activation, {}, frame.owner)
            return self._ask("function_at", node, bare)  # type: ignore[no-any-return]
        return super().function_at(node, frame)

    def declare(self, kind: str, target: Function | Class, site: int) -> None:
        """Note that a durable decorator was applied."""
        if self.tape is not None:
            self._ask("declare", kind, target, site)
        else:
            super().declare(kind, target, site)

    def marker(self, kind: str, node: ast.AST, arguments: Arguments, frame: Frame) -> Value:
        """A durable decorator made by a call."""
        if self.tape is not None:
            self.tape.is_spoiled = True
        return super().marker(kind, node, arguments, frame)

    def _ask(self, name: str, *arguments: Any) -> Any:
        """Let the engine answer, and note the answer."""
        assert self.tape is not None
        act = getattr(self, name)
        return self.tape.ask(name, arguments, lambda *given: self._untaped(act, *given))

    def _untaped(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """What the engine itself does is done again in every analysis: nobody notes it."""
        tape, self.tape = self.tape, None
        try:
            return act(*arguments)
        finally:
            self.tape = tape
