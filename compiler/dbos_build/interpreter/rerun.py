"""What takes the place of the engine's state while a function is run again.

In: nothing. Out: the interface that the engine and its cells hand everything to that reaches beyond
the function that is run. Never does: keep or judge it; `rerunning` does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from dbos_build.interpreter.cells import Cell
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import Value
from dbos_build.names.symbols import Function


class Rerun(ABC):
    """What takes the place of the engine's state while a function is run again, for a trial.

    The engine and its cells hand over to it everything that reaches beyond the function.
    """

    @abstractmethod
    def at(self, cell: Cell) -> Value:
        """The value that a cell had when the function was run."""

    @abstractmethod
    def read(self, cell: Cell, reader: Activation | None) -> Value:
        """The same, for a reader that is run again when the cell grows."""

    @abstractmethod
    def grow(self, cell: Cell, value: Value) -> None:
        """Take note that the function adds a value to a cell."""

    @abstractmethod
    def local(self, activation: Activation, name: str) -> Cell:
        """A cell for a local variable that has none."""

    @abstractmethod
    def enter(
        self,
        function: Function,
        closure: Activation | None,
        activation: Activation | None,
        passed: dict[str, Value],
    ) -> Activation:
        """Take note that a function is entered, and in which activation if there is one."""

    @abstractmethod
    def once(self, kind: str, key: object) -> None:
        """Take note that the function needs something that is found out once, for all."""

    @abstractmethod
    def note(self, kind: str, *what: object) -> None:
        """Take note that the function does something that the engine remembers."""
