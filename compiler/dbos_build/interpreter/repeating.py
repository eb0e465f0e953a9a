"""An engine that begins anew after an edit, and repeats what the edit does not change.

In: an engine that came to rest, the symbols of the edited program, and the functions whose code is
another one. Out: the same engine, ready to be asked everything again; it comes to what an engine
made for the edited program comes to, in the same order. Never does: guess: a run is repeated from
its tape (`taping`) only as long as everything that it asked is answered as before.

Values refer to activations and cells, so both are used again: one that is asked for under the same
key begins empty. What is evaluated outside functions is evaluated anew.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from dbos_build.interpreter import taping
from dbos_build.interpreter.cells import GROWTH_MAX, Cell
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.machine import Activation, Decorated
from dbos_build.interpreter.sameness import identical
from dbos_build.interpreter.taped import Record, TapedEngine
from dbos_build.interpreter.taping import Operation, Tape
from dbos_build.interpreter.values import Atom
from dbos_build.names.symbols import Class, Function, Symbols
from dbos_build.nodes import walk
from dbos_build.reading.module import Module

_FACTS = ("calls", "values", "globals_read", "branches", "stores", "memo")
_KEPT = ("places", "made", "retired", "_markers", "_options", "_nested", "local_names", "aliases")
"""What an engine knows by syntax node, for as long as that node is in a tree."""


class RepeatingEngine(TapedEngine):
    """An engine that can begin anew.

    `fresh` are the activations whose facts are not those of the analysis before.
    """

    def __init__(self, symbols: Symbols, knowledge: Knowledge) -> None:
        super().__init__(symbols, knowledge)
        self.fresh: dict[Activation, None] = {}
        self._former: dict[Activation, list[Record | None]] = {}
        self._former_contexts: dict[object, Activation] = {}
        self._former_modules: dict[str, Activation] = {}
        self._former_cells: dict[tuple[object, ...], Cell] = {}
        self._former_decorated: dict[tuple[Function, Activation | None], Decorated] = {}
        self.edited: Module | None = None
        """The module whose top may bind other names than in the analysis before."""
        self._wraps = False
        """Whether decorators put functions around others, now or in the analysis before."""

    def begin_anew(self, symbols: Symbols, edited: Module, changed: Collection[ast.AST]) -> None:
        """Forget all that was found out; runs of functions whose code changed are not repeated.

        `edited` is the module with the edit, `changed` the nodes of these functions.
        """
        kept = {name: getattr(self, name) for name in _KEPT}
        decorated = self._decorated
        former, contexts, modules = self.records, self._contexts, self._modules
        cells: dict[tuple[object, ...], Cell] = {
            ("", *key): cell for key, cell in self._cells.items()
        }
        cells |= {
            (*key, name): cell
            for key, held in self.attributes.items()
            for name, cell in held.items()
        }
        pulse, knowledge, wraps = self.pulse, self.knowledge, bool(self.wrapped)
        for activation, records in former.items():
            function = activation.function
            if function is None or function.node in changed:
                records.clear()
        self.generation += 1
        self.__init__(symbols, knowledge)  # type: ignore[misc]
        vars(self).update(kept, pulse=pulse, _wraps=wraps, edited=edited, tick=0, shared=None)
        self._former, self._former_contexts = former, contexts
        self._former_decorated = decorated
        self._former_modules, self._former_cells = modules, cells
        for node in changed:
            self._nested.pop(node, None)
        for table in (self.local_names, self.aliases):
            for each in [each for each in table if each.node in changed]:
                del table[each]

    def forget_nodes(self, gone: Collection[ast.AST]) -> None:
        """Forget what is known by nodes that are in no tree any more, and nowhere else."""
        nodes = {inner for each in gone for inner in walk(each)}
        if not nodes:
            return
        for table in (self.local_names, self.aliases):
            for function in [each for each in table if each.node in nodes]:
                del table[function]
        for key in [each for each in self._decorated if each[0].node in nodes]:
            del self._decorated[key]
            self.known_since.pop(("decorated", key), None)
        for node in nodes & self._nested.keys():
            del self._nested[node]
        for made in [each for each in self._markers if _node_of(each) in nodes]:
            del self._options[self._markers.pop(made)]

    def stale_paths(self) -> frozenset[str]:
        """The files of activations whose facts, or what follows from them, may be others now."""
        if self._attributes_differ():
            for activation in self.all_activations():
                activation.memo.pop("consequences", None)
            return frozenset(self.symbols.scopes)
        return frozenset(each.module.path for each in self.fresh)

    def _attributes_differ(self) -> bool:
        """Whether objects hold other values than in the analysis before."""
        return any(isinstance(key[0], Class) for key in self._former_cells) or any(
            not identical(cell.value, cell.former)
            for cells in self.attributes.values()
            for cell in cells.values()
        )

    def forget_names(
        self, symbols: Symbols, module: Module, names: Collection[str], gone: Collection[ast.AST]
    ) -> None:
        """Go on with other symbols, in which a module binds other names, that nobody asked for.

        `gone` are the statements that are no longer in its tree.
        """
        self.symbols, self.shared, self.methods, self._registrations = symbols, None, None, None
        self._fillers.pop(module.path, None)
        for name in names:
            key = (module.path, name)
            self._cells.pop(key, None)
            self._loaded.discard(key)
            self.known_since.pop(("name", key), None)
        top = self._modules.get(module.path)
        if top is not None:
            for node in [inner for each in gone for inner in walk(each)]:
                for facts in (top.calls, top.values, top.globals_read):
                    facts.pop(node, None)
        self.forget_nodes(gone)
        self.memo.clear()
        self.forget_passes(module.path)

    def forget_passes(self, path: str) -> None:
        """Forget what later passes computed for the code of a file."""
        for activation in self.all_activations():
            if activation.module.path == path:
                activation.memo.clear()

    def finish(self) -> None:
        """Let go of what is left of the analysis before."""
        self.forget_nodes(self.retired)
        self.retired = []  # Every object was made anew, by code that is there.
        self._former, self._former_contexts, self._former_decorated = {}, {}, {}
        self._former_modules, self._former_cells = {}, {}

    def forget_tape(self, activation: Activation) -> None:
        """An activation was run again by other means than this engine's."""
        if activation in self.records:
            self.records[activation] = [None]

    # What is used again

    def made_activation(
        self,
        key: object,
        function: Function,
        closure: Activation | None,
        receiver: Atom | None,
    ) -> Activation:
        """The activation that was known by this key before, else a new one."""
        known = self._former_contexts.pop(key, None)
        if known is None:
            known = super().made_activation(key, function, closure, receiver)
        else:
            self._begin(known)
        if isinstance(key, tuple) and key[3] == "any":
            self.general.add(known)
        self.records[known] = []
        return known

    def _begin(self, activation: Activation) -> None:
        """Let an activation begin as if it was never run."""
        for name, cell in activation.parameters.items():
            self._former_cells[activation, "passed", name] = cell
        if not activation.is_alone:
            for name, cell in activation.cells.items():
                self._former_cells[activation, "local", name] = cell
        activation.begin()

    def module_activation(self, module: Module) -> Activation:
        """The record of what module-level code does."""
        if self.tape is not None:
            return super().module_activation(module)
        found = self._modules.get(module.path)
        if found is not None:
            return found
        known = self._former_modules.pop(module.path, None)
        if known is not None:
            self._begin(known)
            self._modules[module.path] = known
        return super().module_activation(module)

    def parameter_cell(self, activation: Activation, name: str) -> Cell:
        """A cell for a parameter that is passed for the first time."""
        known = self._revived((activation, "passed", name))
        return super().parameter_cell(activation, name) if known is None else known

    def local_cell(self, activation: Activation, name: str) -> Cell:
        """A cell for a local variable that has none yet."""
        made = super().local_cell(activation, name)
        return self._revived((activation, "local", name)) or made

    def module_cell(self, module: Module, name: str) -> Cell:
        """The cell of a module variable."""
        key = (module.path, name)
        found = self._cells.get(key)
        if found is None:
            known = self._revived(("", *key))
            if known is not None:
                self._cells[key] = known
            found = super().module_cell(module, name)
            found.key = ("", *key)
        return found

    def attribute_cell(self, owner: Class, site: int | None, name: str) -> Cell:
        """The cell of an instance attribute."""
        cells = self.attributes.setdefault((owner, site), {})
        found = cells.get(name)
        if found is None:
            known = self._revived((owner, site, name))
            if known is not None:
                cells[name] = known
            found = super().attribute_cell(owner, site, name)
            found.key = (owner, site, name)
        return found

    def _revived(self, key: tuple[object, ...]) -> Cell | None:
        """The cell that was known by this before, empty."""
        found = self._former_cells.pop(key, None)
        if found is not None:
            found.begin()
        return found

    def _is_known(self, cell: Cell) -> bool:
        """Whether a cell is part of this analysis; one that everybody may ask for always is."""
        if cell.generation == self.generation:
            return True
        if cell.key is None:
            return False
        owner, site, name = cell.key
        if isinstance(owner, Class):
            return self.attribute_cell(owner, site, name) is cell
        return self.module_cell(self.symbols.scopes[site].module, name) is cell

    def decorated(self, function: Function, closure: Activation | None) -> Decorated:
        """A function as its decorators leave it."""
        key = (function, closure)
        if self.tape is not None or key in self._decorated:
            return super().decorated(function, closure)
        found = super().decorated(function, closure)
        former = self._former_decorated.get(key)
        if former is not None and identical(found, former):
            found = self._decorated[key] = former
        return found

    # Running

    def run_body(self, activation: Activation, function: Function) -> None:
        """Record the facts of an activation anew, or repeat them."""
        if self.rerun is not None:
            super().run_body(activation, function)
            return
        outer, self.tape = self.tape, None
        try:
            self.records[activation].append(self._played(activation, function))
        finally:
            self.tape = outer

    def _played(self, activation: Activation, function: Function) -> Record | None:
        """Repeat a run from its tape, or run it and keep one."""
        if activation.closure is None:
            self.module_activation(function.module)
        if self.decorating or activation.decorates:
            self.fresh[activation] = None
            super().run_body(activation, function)
            return None
        former = self._former.get(activation, ())
        count = len(self.records[activation])
        record = former[count] if count < len(former) else None
        parameters = tuple(activation.parameters)
        prefix: list[Operation] = []
        if record is not None and record.parameters == parameters:
            prefix = self._repeat(record.operations)
            if prefix is record.operations:
                self._restore(activation, record, is_last=count + 1 == len(former))
                return record
        self.fresh[activation] = None
        if activation.is_alone and count:  # The run before keeps its own.
            activation.cells = {name: cell.copy() for name, cell in activation.cells.items()}
        tape = self.tape = Tape(prefix)
        super().run_body(activation, function)
        facts = tuple(getattr(activation, name) for name in _FACTS)
        if tape.is_spoiled:
            return None
        return Record(parameters, tape.operations, facts, activation.cells)

    def _restore(self, activation: Activation, record: Record, *, is_last: bool) -> None:
        """Leave the facts that a run left."""
        for name, fact in zip(_FACTS, record.facts, strict=True):
            setattr(activation, name, fact)
        if activation.is_alone:
            activation.cells = record.cells
        if is_last:
            self.fresh.pop(activation, None)
        else:
            self.fresh[activation] = None

    def _repeat(self, operations: list[Operation]) -> list[Operation]:
        """Do what a run did; up to the first answer that is another one, and with that.

        What there is most of is done here: every call would cost more than all the rest.
        """
        generation, current = self.generation, self.current
        done: Operation | None
        for position, operation in enumerate(operations):
            kind = operation[0]
            if kind == taping.READ:
                cell = operation[1]
                if cell.generation == generation and cell.value is operation[3]:
                    cell.look(operation[2])
                    continue
            elif kind == taping.GROW:
                _, cell, value, before, after = operation
                if cell.generation == generation and cell.value is before is after:
                    if cell.contributions is not None:
                        cell.contributions.append((current, value))
                    continue
            done = _PLAYED[kind](self, operation)
            if done is not operation:
                return operations[:position] if done is None else [*operations[:position], done]
        return operations

    def _own(self, operation: Operation) -> Operation | None:
        _, activation, name, value = operation
        cell = activation.cells.get(name)
        if cell is None:
            return operation if not value.atoms and not value.taints else None
        return operation if identical(cell.value, value) else None

    def _read(self, operation: Operation) -> Operation | None:
        _, cell, reader, value = operation
        if not self._is_known(cell):
            return None
        found = cell.look(reader)
        return operation if identical(found, value) else (taping.READ, cell, reader, found)

    def _grow(self, operation: Operation) -> Operation | None:
        _, cell, value, before, after = operation
        if not self._is_known(cell):
            return None
        if cell.value is before and cell.growth < GROWTH_MAX:
            if cell.contributions is not None:
                cell.contributions.append((self.current, value))
            if after is not before:
                cell.growth += 1
                cell.become(after)
        else:
            cell.add(value)
        return operation

    def _fill(self, operation: Operation) -> Operation | None:
        cell = operation[1]
        if not self._is_known(cell):
            return None
        cell.is_written_inside = True
        return operation

    def _local(self, operation: Operation) -> Operation | None:
        operation[1].cell(operation[2])
        return operation

    def _named(self, operation: Operation) -> Operation | None:
        _, module, name, reader, cell, raw, value = operation
        key = (module.path, name)
        if value is None:
            is_other = module is not self.edited and key not in self._cells
            if is_other and not self.symbols.scopes[module.path].stars:
                return operation
        elif (
            cell is not None
            and cell.value is raw
            and self._cells.get(key) is cell
            and key in self._loaded
            and not self._wraps
            and not self.wrapped
        ):
            assert cell is not None
            cell.look(reader)
            return operation
        found = self.module_value(module, name, reader)
        if identical(found, value):
            return operation
        return (taping.NAME, module, name, reader, cell, None, found)

    def _enter(self, operation: Operation) -> Operation | None:
        _, function, closure, receiver, passed, activation = operation
        if (
            activation in self.records
            and activation not in self.general
            and activation.parameters.keys() >= passed.keys()
        ):
            for name, value in passed.items():
                activation.parameters[name].add(value)
            if not activation.evaluated and not activation.running:
                self._run_nested(activation)
            return operation
        entered = self.activate(function, closure, receiver, passed)
        if entered is activation:
            return operation
        return (taping.ENTER, function, closure, receiver, passed, entered)

    def _asked(self, operation: Operation) -> Operation | None:
        _, name, first, arguments, answer = operation
        if name == "mro":
            if self._orders.get(first) == answer:
                return operation
        elif name == "module_activation" and first.path in self._modules:
            return operation
        found = getattr(self, name)(*arguments)
        if identical(found, answer):
            return operation
        return (taping.ASK, name, first, arguments, found)

    def _noted(self, operation: Operation) -> Operation | None:
        _, table, *what = operation
        held = getattr(self, table)
        if isinstance(held, dict):
            held[what[0]] = what[1]
        else:
            held.update(what[0])
        return operation


def _node_of(made: object) -> object:
    """The node of a decorator, from what it is known by."""
    return made[0] if isinstance(made, tuple) else None


_PLAYED = {
    taping.OWN: RepeatingEngine._own,
    taping.READ: RepeatingEngine._read,
    taping.GROW: RepeatingEngine._grow,
    taping.FILL: RepeatingEngine._fill,
    taping.LOCAL: RepeatingEngine._local,
    taping.NAME: RepeatingEngine._named,
    taping.ENTER: RepeatingEngine._enter,
    taping.ASK: RepeatingEngine._asked,
    taping.NOTE: RepeatingEngine._noted,
}

__all__ = ["RepeatingEngine"]
