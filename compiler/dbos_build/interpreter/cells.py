"""Cells: values that only grow, and what has to be run again when they do.

In: nothing. Out: `Cell`, the variables, parameters, results and attributes of the interpreter.
Never does: evaluate; go on changing for ever: what keeps growing becomes unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.sameness import identical
from dbos_build.interpreter.settling import settled
from dbos_build.interpreter.values import NOTHING, Unknown, Value

if TYPE_CHECKING:
    from dbos_build.interpreter.machine import Activation, Machine

GROWTH_MAX = 24
KEEPS_CHANGING = Value(ordered((Unknown("keeps changing"),)))
FROZEN_AFTER = 4 * GROWTH_MAX
"""Cells that went on growing so often are left as they are."""

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
        "former",
        "generation",
        "growth",
        "history",
        "is_passed",
        "is_private",
        "is_read_outside",
        "is_written_inside",
        "key",
        "readers",
        "value",
    )

    def __init__(self, engine: Machine) -> None:
        self.engine = engine
        self.is_passed = False
        """Whether it is a parameter or a result, which nothing knows of but calls."""
        self.is_private = False
        """Whether it is a variable that nobody but its own function can know of."""
        self.key: tuple[Any, ...] | None = None
        """What it is known by to everybody: as a variable of a module, or an attribute."""
        self.value = NOTHING
        self.begin()

    def begin(self) -> None:
        """Begin as an empty cell, in the present analysis."""
        engine = self.engine
        self.former = self.value
        """What it came to in the analysis before this one."""
        self.value = NOTHING
        self.generation = engine.generation
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

    def copy(self) -> Cell:
        """The same value, as a variable that nobody else knows of yet."""
        made = Cell(self.engine)
        made.is_private = self.is_private
        made.value, made.growth, made.history = self.value, self.growth, list(self.history)
        return made

    def own(self) -> Value:
        """The value so far, for the function whose variable it is."""
        return self.value if self.engine.rerun is None else self.engine.rerun.at(self)

    def read(self, reader: Activation | None) -> Value:
        """The value so far; the reader runs again when it grows."""
        if self.engine.rerun is not None:
            return self.engine.rerun.read(self, reader)
        if self.engine.tape is not None:
            return self.engine.tape.read(self, reader)
        return self.look(reader)

    def look(self, reader: Activation | None) -> Value:
        """The same, for the engine itself."""
        if reader is not None:
            self.readers[reader] = None
        if reader is None or reader.function is None:
            self.is_read_outside = True
        return self.value

    def grow(self, value: Value) -> None:
        """Join a value in; after many changes the atoms collapse into an unknown."""
        if self.engine.rerun is not None:
            self.engine.rerun.grow(self, value)
        elif self.engine.tape is not None and not self.is_private:
            self.engine.tape.grow(self, value)
        else:
            self.add(value)

    def fill(self, value: Value) -> None:
        """The same, from inside a function in the one whose variable it is."""
        self.is_written_inside = True
        if self.engine.tape is not None:
            self.engine.tape.note_filling(self)
        self.grow(value)

    def add(self, value: Value) -> None:
        """The same, for the engine itself."""
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
        self.become(joined)

    def become(self, value: Value) -> None:
        """Take another value, and have the readers run again."""
        former = self.former
        self.value = former if former is not NOTHING and identical(former, value) else value
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
