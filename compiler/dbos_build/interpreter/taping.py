"""Tapes: what one run of a function asks of the rest of the program and tells it, in order.

In: the engine, while it runs a function. Out: a `Tape`: every cell that is read and its value then,
every value added, every function entered, everything found out. Never does: decide whether a tape
may be played again; `repeating` does.

The text of a function and the answers that it gets are all that its run follows from. So a run that
gets the same answers in a later analysis need not be made again. One that gets another answer
somewhere is made again, but what comes before that answer was asked and told already: until there
the tape answers, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dbos_build.error import EntangledError
from dbos_build.interpreter.values import NOTHING, Value

if TYPE_CHECKING:
    from dbos_build.interpreter.cells import Cell
    from dbos_build.interpreter.machine import Activation

OWN, READ, GROW, FILL, LOCAL, NAME, ENTER, ASK, NOTE = range(9)
Operation = tuple[Any, ...]
"""A number of these, and what it is about."""
_LASTING = frozenset(
    {
        "is_bound",
        "module_activation",
        "mro",
        "subclasses",
    }
)
"""What has the same answer all through one run: it is noted once."""


class Tape:
    """What a run does, beyond its own expressions; the first `until` operations are done already.

    A run that is spoiled did something that no tape can tell.
    """

    __slots__ = ("_known", "_position", "_until", "is_spoiled", "operations")

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations
        self.is_spoiled = False
        self._position = 0
        self._until = len(operations)
        self._known: dict[object, Any] = {}

    def own(self, activation: Activation, name: str) -> Value:
        """A local variable, as the function itself reads it."""
        key = (OWN, activation, name)
        if self._is_behind():
            operation = self._next(OWN, activation, None, name)
            return self._kept(key) if operation is None else self._answer(key, operation[3])
        cell = activation.cells.get(name)
        value = NOTHING if cell is None else cell.value
        if self._known.get(key) is not value:
            self._known[key] = value
            self.operations.append((OWN, activation, name, value))
        return value

    def read(self, cell: Cell, reader: Activation | None) -> Value:
        """A cell, as somebody reads it who runs again when it grows."""
        key = (READ, cell, _known_reader(reader))
        if self._is_behind():
            operation = self._next(READ, cell, reader)
            return self._kept(key) if operation is None else self._answer(key, operation[3])
        value = cell.look(reader)
        if self._known.get(key) is not value:
            self._known[key] = value
            self.operations.append((READ, cell, reader, value))
        return value

    def grow(self, cell: Cell, value: Value) -> None:
        """A value is added to a cell."""
        if self._is_behind():
            self._must(GROW, cell)
            return
        before = cell.value
        cell.add(value)
        self.operations.append((GROW, cell, value, before, cell.value))

    def note_filling(self, cell: Cell) -> None:
        """A function inside another one is about to add to a variable of it."""
        if self._is_behind():
            self._must(FILL, cell)
        else:
            self.operations.append((FILL, cell))

    def note_local(self, activation: Activation, name: str) -> None:
        """A local variable got its cell."""
        if not self._is_behind():
            self.operations.append((LOCAL, activation, name))

    def note(self, table: str, *what: Any) -> None:
        """Something is put into a table of the engine."""
        if self._is_behind():
            self._must(NOTE, table)
        else:
            self.operations.append((NOTE, table, *what))

    def name(
        self,
        about: tuple[Any, str, Activation | None],
        cell: Cell | None,
        act: Callable[[], Value | None],
        *,
        is_free: bool,
    ) -> Value | None:
        """A name of a module; `cell` is its variable when that is loaded.

        `is_free` says that the module binds no such name.
        """
        module, name, reader = about
        key = (NAME, module.path, name, _known_reader(reader))
        if self._is_behind():
            operation = self._next(NAME, module, reader, name)
            if operation is not None:
                self._known[key] = (operation[5], operation[6])
                return operation[6]  # type: ignore[no-any-return]
            return self._kept(key)[1]  # type: ignore[no-any-return]
        known = self._known.get(key)
        if known is not None:
            is_same = is_free if cell is None else cell.value is known[0]
            if is_same:
                return known[1]  # type: ignore[no-any-return]
        value = act()
        raw = None if cell is None else cell.value
        self._known[key] = (raw, value)
        self.operations.append((NAME, module, name, reader, cell, raw, value))
        return value

    def enter(
        self, about: tuple[Any, ...], passed: dict[str, Value], act: Callable[[], Activation]
    ) -> Activation:
        """A function is entered; `about` is which, its closure and its receiver."""
        if self._is_behind():
            return self._must(ENTER, about[0])[5]  # type: ignore[no-any-return]
        made = act()
        self.operations.append((ENTER, *about, passed, made))
        return made

    def ask(self, name: str, arguments: tuple[Any, ...], act: Callable[..., Any]) -> Any:
        """Anything else that the engine is asked or told, by the name of the method."""
        key = (name, *arguments) if name in _LASTING else None
        if key is not None and key in self._known:
            return self._known[key]
        if self._is_behind():
            answer = self._must(ASK, name, arguments[0])[4]
        else:
            answer = act(*arguments)
            self.operations.append((ASK, name, arguments[0], arguments, answer))
        if key is not None:
            self._known[key] = answer
        return answer

    def _is_behind(self) -> bool:
        """Whether what comes next was done already; variables that were made are there."""
        while self._position < self._until:
            if self.operations[self._position][0] != LOCAL:
                return True
            self._position += 1
        return False

    def _next(
        self, kind: int, about: object, reader: Activation | None, name: str = ""
    ) -> Operation | None:
        """The next operation of before, if it is this one."""
        operation = self.operations[self._position]
        if operation[0] != kind or operation[1] is not about:
            return None
        if kind in {OWN, NAME} and operation[2] != name:
            return None
        if kind != OWN:
            before = operation[2 if kind == READ else 3]
            if _known_reader(before) is not _known_reader(reader):
                return None
        self._position += 1
        return operation

    def _must(self, kind: int, about: object, more: object = None) -> Operation:
        """The next operation of before, which has to be this one."""
        operation = self.operations[self._position]
        if operation[0] != kind or (operation[1] is not about and operation[1] != about):
            raise EntangledError("a function does not run again as it did")
        if kind == ASK and operation[2] is not more and operation[2] != more:
            raise EntangledError("a function does not run again as it did")
        self._position += 1
        return operation

    def _answer(self, key: object, value: Value) -> Value:
        self._known[key] = value
        return value

    def _kept(self, key: tuple[Any, ...]) -> Any:
        """What was answered before; a variable that nobody had written yet held nothing."""
        if key not in self._known:
            if key[0] == OWN:
                return NOTHING
            raise EntangledError("a function does not run again as it did")
        return self._known[key]


def _known_reader(reader: Activation | None) -> Activation | None:
    """Who reads, if he is known to others: code outside functions is never run again."""
    return None if reader is None or reader.function is None else reader


__all__ = ["ASK", "ENTER", "FILL", "GROW", "LOCAL", "NAME", "NOTE", "OWN", "READ", "Tape"]
