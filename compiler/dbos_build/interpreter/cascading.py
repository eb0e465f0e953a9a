"""An edit that hands other values on: who reads them runs again, too, and nobody else.

In: activations whose functions are edited, before and after. Out: their facts, and the facts of all
that read what they pass on or return, recorded anew; the cells as a whole analysis would leave
them. Never does: go on where values would come at other times than before, or to others; it raises
EntangledError, and the engine must not be used any more.

What is in a cell follows from what everybody added to it, in order. When an activation adds other
values, as often and at the same times, the history of the cell can be worked out again. When it
grows at the same times as before, everything is run at the same times, and only who read the cell
has to run again.
"""

from __future__ import annotations

from dbos_build.error import EntangledError
from dbos_build.interpreter.cells import FROZEN_AFTER, GROWTH_MAX, KEEPS_CHANGING, Cell
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.rerunning import Deeds, Facts, rerun, settle
from dbos_build.interpreter.sameness import identical
from dbos_build.interpreter.settling import settled
from dbos_build.interpreter.values import NOTHING, Value

RERUNS_MAX = 40
"""Where more has to be run again, the whole program may as well be."""

History = list[tuple[int, Value]]


class Cascade:
    """Activations that are run again, and the cells to which they add other values."""

    def __init__(self) -> None:
        self._before: dict[Activation, Deeds] = {}
        self._now: dict[Activation, Deeds] = {}
        self._touched: dict[Activation, dict[Cell, None]] = {}
        self._former: dict[Cell, History] = {}

    @property
    def paths(self) -> frozenset[str]:
        """The files of everything that was run again."""
        return frozenset(each.module.path for each in self._now)

    @property
    def activations(self) -> tuple[Activation, ...]:
        """Everything that was run again."""
        return tuple(self._now)

    def remember(self, activation: Activation) -> None:
        """Find out what an activation did, with the values of before."""
        if activation in self._before:
            return
        now = {cell: cell.history for cell in self._former}
        for cell, history in self._former.items():
            _rewrite(cell, history)
        facts = Facts(activation)
        try:
            deeds = rerun(_engine(activation), activation)
            if not facts.are_repeated_by(activation, deeds):
                raise EntangledError("a function does not run again as it did")
        finally:
            facts.restore(activation)
            for cell, history in now.items():
                _rewrite(cell, history)
        self._before[activation] = deeds

    def run(self) -> None:
        """Run again whatever was remembered, and who reads what comes out different."""
        waiting = dict.fromkeys(self._before)
        for _ in range(RERUNS_MAX + len(waiting)):
            activation = next(iter(waiting), None)
            if activation is None:
                break
            del waiting[activation]
            for cell in self._run(activation):
                for reader in list(cell.readers):
                    self.remember(reader)
                    waiting[reader] = None
        if waiting:
            raise EntangledError("too much depends on the edit")
        self._finish()

    def _run(self, activation: Activation) -> list[Cell]:
        """Run one activation again; the cells whose values that changes."""
        before = self._before[activation]
        now = self._now[activation] = rerun(_engine(activation), activation)
        differing = before.differing(now)
        touched = {**self._touched.get(activation, {}), **differing}
        self._touched[activation] = touched
        return [cell for cell in touched if self._derive(cell)]

    def _derive(self, cell: Cell) -> bool:
        """Work out the history of a cell again; whether it is another one now."""
        if not cell.is_passed or cell.is_read_outside or cell.contributions is None:
            raise EntangledError("a value reaches something that cannot be run again")
        former = self._former.setdefault(cell, cell.history)
        added = [value for _, value in cell.contributions]
        events = _events(added)
        if len(events) != len(former) or not all(
            value == known for (_, value), (_, known) in zip(events, former, strict=True)
        ):
            raise EntangledError("how a value came about is not known")
        renewed = _events(self._contributions(cell))
        if [place for place, _ in renewed] != [place for place, _ in events]:
            raise EntangledError("a value grows at other times")
        history = [(tick, value) for (tick, _), (_, value) in zip(former, renewed, strict=True)]
        if all(
            identical(one, two) for (_, one), (_, two) in zip(cell.history, history, strict=True)
        ):
            return False
        _rewrite(cell, history)
        return True

    def _contributions(self, cell: Cell) -> list[Value]:
        """What is added to a cell, with that of everything that was run again as it is now."""
        assert cell.contributions is not None
        given = {
            each: iter(self._given(each, cell))
            for each in self._now
            if cell in self._given_to(each)
        }
        return [
            next(given[who]) if who is not None and who in given else value
            for who, value in cell.contributions
        ]

    def _given_to(self, activation: Activation) -> dict[Cell, list[Value]]:
        return self._now[activation].given

    def _given(self, activation: Activation, cell: Cell) -> list[Value]:
        """What an activation adds to a cell now: as often as it did."""
        assert cell.contributions is not None
        now = self._now[activation].given.get(cell, [])
        before = self._before[activation].given.get(cell, [])
        count = sum(who is activation for who, _ in cell.contributions)
        if not len(now) == len(before) == count:
            raise EntangledError("something is added more or less often")
        return now

    def _finish(self) -> None:
        """Leave everything as if it had been run so from the beginning."""
        for activation, now in self._now.items():
            settle(activation, now)
            for cell in {**self._before[activation].given, **now.given}:
                self._note(activation, cell)

    def _note(self, activation: Activation, cell: Cell) -> None:
        """Note what an activation adds to a cell now, for the next edit."""
        if cell.contributions is None:
            return
        now = self._now[activation].given.get(cell, [])
        count = sum(who is activation for who, _ in cell.contributions)
        if count != len(now):
            cell.contributions = None
            return
        values = iter(now)
        cell.contributions = [
            (who, next(values)) if who is activation else (who, value)
            for who, value in cell.contributions
        ]


def _engine(activation: Activation) -> Engine:
    engine = activation.returns.engine
    assert isinstance(engine, Engine)
    return engine


def _rewrite(cell: Cell, history: History) -> None:
    cell.history = history
    cell.value = history[-1][1] if history else NOTHING


def _events(added: list[Value]) -> list[tuple[int, Value]]:
    """When a cell takes note of what is added, and what its value is then; see `Cell.grow`."""
    found: list[tuple[int, Value]] = []
    known, growth = NOTHING, 0
    for place, value in enumerate(added):
        if value.atoms <= known.atoms and value.taints <= known.taints:
            continue
        joined = settled(known.join(value))
        if joined is known or joined == known:
            continue
        growth += 1
        if growth > GROWTH_MAX:
            joined = Value(KEEPS_CHANGING.atoms, joined.taints)
            if growth > FROZEN_AFTER:
                continue
        known = known if joined == known else joined
        found.append((place, known))
    return found
