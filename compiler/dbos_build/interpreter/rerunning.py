"""Running a function again after the fixed point, as if for the first time.

In: a settled engine and an activation in it. Out: the facts of the activation, recorded anew, and
its `Deeds`: all that its runs do to the rest of the program, in order. Never does: change the rest;
go on where what a run did cannot be told: then it raises EntangledError.

An engine counts time, and its cells keep their history. So each run of an activation can be made
again in the state in which it was made before: a cell is read as it was then, and what the function
adds to it is written down. Two bodies with the same deeds are one to everything around them, by
induction over time: whatever else was run would be run again, in the same order, with the same
values. Whoever edits a function compares the deeds before and after.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from dbos_build.error import EntangledError
from dbos_build.interpreter.cells import FROZEN_AFTER, GROWTH_MAX, KEEPS_CHANGING, Cell
from dbos_build.interpreter.engine import CONTEXTS_MAX, Engine
from dbos_build.interpreter.machine import Activation, Machine
from dbos_build.interpreter.rerun import Rerun
from dbos_build.interpreter.sameness import identical
from dbos_build.interpreter.settling import settled
from dbos_build.interpreter.values import NOTHING, Value
from dbos_build.names.symbols import Function

_FACTS = ("calls", "values", "globals_read", "branches", "stores")
_TICK = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a run does beyond its own variables: what, to what, and the value given."""

    kind: str
    about: tuple[object, ...]
    value: Value = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Deeds:
    """The deeds of all runs of an activation, and the cells that they read.

    `read_outside` are cells read for something that is not run again when they grow. `given` is all
    that was added to each cell, also where that changed nothing. `cells` are the local variables as
    the last run leaves them.
    """

    done: tuple[Deed, ...]
    read: tuple[tuple[Cell, Activation], ...]
    read_outside: tuple[Cell, ...]
    given: dict[Cell, list[Value]]
    cells: dict[str, Cell]

    def differing(self, other: Deeds) -> dict[Cell, None]:
        """The cells to which something else is added, though in the same order and as often.

        Raises EntangledError when deeds differ in any other way.
        """
        if len(self.done) != len(other.done):
            raise EntangledError("the function does more or less to others")
        found: dict[Cell, None] = {}
        for one, two in zip(self.done, other.done, strict=True):
            if one.kind != two.kind or len(one.about) != len(two.about):
                raise EntangledError("the function does something else to others")
            if any(a is not b and a != b for a, b in zip(one.about, two.about, strict=True)):
                raise EntangledError("the function does the same, but to others")
            if not identical(one.value, two.value):
                (cell,) = one.about
                assert isinstance(cell, Cell)
                found[cell] = None
        return found


def can_rerun(engine: Engine, activation: Activation) -> bool:
    """Whether all runs of an activation can be made again."""
    function = activation.function
    return (
        engine.remembers
        and function is not None
        and function not in engine.in_decorators
        and not activation.decorates
        and not activation.queued
        and not activation.running
        and 0 < len(activation.spans) == activation.evaluations
    )


def rerun(engine: Engine, activation: Activation) -> Deeds:
    """Run an activation again, as often as it was; its facts are those of the last run.

    Its local variables are left as they were, see `settle`. Raises EntangledError.
    """
    function = activation.function
    if function is None or not can_rerun(engine, activation):
        raise EntangledError("this was not run in a way that can be repeated")
    cells = activation.cells
    trial = _Trial(engine, activation)
    activation.cells = {name: cell for name, cell in cells.items() if _is_shared(cell)}
    engine.rerun = trial
    try:
        for begun, ended in activation.spans:
            trial.begin(begun, ended)
            engine.run_body(activation, function)
    except RecursionError:
        raise EntangledError("the code is nested too deeply") from None
    finally:
        engine.rerun = None
        made, activation.cells = activation.cells, cells
    return Deeds(tuple(trial.done), tuple(trial.seen), tuple(trial.seen_outside), trial.given, made)


def settle(activation: Activation, deeds: Deeds) -> None:
    """Leave the local variables of an activation as its new runs do."""
    engine = activation.returns.engine
    for name in [each for each in activation.cells if each not in deeds.cells]:
        if not _is_shared(activation.cells[name]):
            del activation.cells[name]
    for name, made in deeds.cells.items():
        cell = activation.cells.get(name)
        if cell is None:
            cell = activation.cells[name] = Cell(engine)
        if not _is_shared(cell):
            cell.value, cell.history, cell.growth = made.value, made.history, made.growth
    for read, reader in deeds.read:
        read.readers[reader] = None
    for read in deeds.read_outside:
        read.is_read_outside = True


def _is_shared(cell: Cell) -> bool:
    """Whether functions inside the one whose variable it is read or write it."""
    return bool(cell.readers) or cell.is_written_inside


class Facts:
    """What was recorded of an activation, kept aside while it is run again."""

    def __init__(self, activation: Activation) -> None:
        self._kept: dict[str, Any] = {name: getattr(activation, name) for name in _FACTS}
        self._memo = activation.memo
        self._locals = _own_values(activation.cells)

    def are_repeated_by(self, activation: Activation, deeds: Deeds) -> bool:
        """Whether running it again gave what is known of it."""
        return _own_values(deeds.cells) == self._locals and all(
            getattr(activation, name) == kept for name, kept in self._kept.items()
        )

    def restore(self, activation: Activation) -> None:
        """Put them back."""
        for name, kept in self._kept.items():
            setattr(activation, name, kept)
        activation.memo = self._memo


def _own_values(cells: dict[str, Cell]) -> dict[str, Value]:
    """The values of the variables that only the function itself uses."""
    return {
        name: cell.value
        for name, cell in cells.items()
        if not _is_shared(cell) and cell.value != NOTHING
    }


class _Local(Cell):
    """A local variable of the function that is run again."""

    __slots__ = ("_trial",)

    def __init__(self, engine: Machine, trial: _Trial) -> None:
        super().__init__(engine)
        self._trial = trial

    def own(self) -> Value:
        return self.value

    def read(self, reader: Activation | None) -> Value:
        return self.value

    def grow(self, value: Value) -> None:
        if value.atoms <= self.value.atoms and value.taints <= self.value.taints:
            return
        joined = settled(self.value.join(value))
        if joined == self.value:
            return
        if self.growth >= GROWTH_MAX:
            raise EntangledError("a value keeps changing")
        self.growth += 1
        self.value = joined
        self.history.append((self._trial.now, joined))


class _Trial(Rerun):
    """The state of the engine at the time of a run, and what the run does to it."""

    def __init__(self, engine: Engine, activation: Activation) -> None:
        self._engine = engine
        self._activation = activation
        self.now = self._end = 0
        self.done: list[Deed] = []
        self.seen: dict[tuple[Cell, Activation], None] = {}
        self.seen_outside: dict[Cell, None] = {}
        self.given: dict[Cell, list[Value]] = {}
        self._added: dict[Cell, Value] = {}
        self._additions: dict[Cell, int] = {}
        self._wrapped = engine.known_since.get(("wrapped", None), 0)

    def begin(self, begun: int, ended: int) -> None:
        """Go to the time of a run."""
        if self._wrapped > begun:
            raise EntangledError("functions were wrapped after this was run")
        self.now, self._end = begun, ended
        self._do("run begins")

    def read(self, cell: Cell, reader: Activation | None) -> Value:
        if reader is None or reader.function is None:
            self.seen_outside[cell] = None
        elif (cell, reader) not in self.seen:
            self.seen[cell, reader] = None
            if cell.changed_last() > self.now:
                self._do("reads what grows", cell, reader)
        return self.at(cell)

    def grow(self, cell: Cell, value: Value) -> None:
        self.given.setdefault(cell, []).append(value)
        known = self.at(cell)
        if value.atoms <= known.atoms and value.taints <= known.taints:
            return
        joined = settled(known.join(value))
        if joined == known:
            return
        growth = self._growth(cell)
        if growth >= FROZEN_AFTER:
            return
        self._additions[cell] = self._additions.get(cell, 0) + 1
        if growth >= GROWTH_MAX:
            joined = Value(KEEPS_CHANGING.atoms, joined.taints)
            if joined == known:
                self._do("grows in vain", cell)
                return
        self._added[cell] = joined
        self.done.append(Deed("grows", (cell,), joined))

    def _growth(self, cell: Cell) -> int:
        """How often a cell has grown until now, as far as it matters."""
        least = self._length(cell)
        most = least + self._additions.get(cell, 0)
        for limit in (GROWTH_MAX, FROZEN_AFTER):
            # Whether what this run added is part of what the cell was then cannot be told.
            if least < limit <= most:
                raise EntangledError("a value is about to change too often")
        return least

    def local(self, activation: Activation, name: str) -> Cell:
        if activation is self._activation:
            return _Local(self._engine, self)
        return Cell(self._engine)

    def enter(
        self,
        function: Function,
        closure: Activation | None,
        activation: Activation | None,
        passed: dict[str, Value],
    ) -> Activation:
        if activation is None or activation.born > self.now:
            known = self._engine.activations.get(function, ())
            if sum(each.born <= self.now for each in known) >= CONTEXTS_MAX:
                activation = self._engine.any_activation(function, closure)
        if activation is None:
            raise EntangledError("a function is called in a new way")
        if activation.born > self.now:
            self._do("calls for the first time", activation)
            self._go_to(activation.born)
        for name, value in passed.items():
            cell = activation.parameters.get(name)
            if cell is None:
                raise EntangledError("a function is given more than before")
            if cell.born > self.now:
                self._do("passes for the first time", activation, name)
            self.grow(cell, value)
        if not activation.spans:
            raise EntangledError("a function was never run")
        begun, ended = activation.spans[0]
        if begun > self.now:
            self._do("runs", activation)
            self._go_to(ended)
        return activation

    def once(self, kind: str, key: object) -> None:
        since = self._engine.known_since.get((kind, key))
        if since is None:
            raise EntangledError("something is asked for that nobody asked for before")
        if since > self.now:
            self._do(f"finds out {kind}", key)
            self._go_to(since)

    def note(self, kind: str, *what: object) -> None:
        if kind not in {"inline step", "cached"}:
            raise EntangledError("a function declares something")
        self._do(kind, *what)

    def _do(self, kind: str, *about: object) -> None:
        self.done.append(Deed(kind, about))

    def _go_to(self, time: int) -> None:
        """Something that the run waited for has come to its end, if it did so during the run."""
        if time <= self._end:
            self.now = max(self.now, time)

    def _length(self, cell: Cell) -> int:
        """How much of the history of a cell lies before now."""
        return bisect_right(cell.history, self.now, key=_TICK)

    def at(self, cell: Cell) -> Value:
        """The value of a cell now: what it was then, with what this run added."""
        position = self._length(cell)
        then = cell.history[position - 1][1] if position else NOTHING
        added = self._added.get(cell)
        return then if added is None else settled(then.join(added))
