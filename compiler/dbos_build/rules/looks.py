"""Looks: what a rule looks for in one function, and the signs without which it need not look.

In: the facts of one activation. Out: notes: nodes with a message, or with what the rule judges them
by later. Never does: know who runs the function, or hold positions; nodes tell them when asked.

Rules are a hundred, functions are thousands, and an edit changes one. So no rule goes through the
program by itself. Each says what it looks for in one function and which signs promise anything: a
type of syntax node, an effect, the kind or name of a durable operation, the name of something
called. Functions are gone through once, for their signs; a rule is asked only where one of its own
shows. What it found is kept with the facts of that function, until the function runs again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from dbos_build.analysis.literals import api_calls
from dbos_build.interpreter.machine import Activation, Boundary, Opaque, Target, Use
from dbos_build.interpreter.values import NOTHING, Coroutine, External
from dbos_build.nodes import called_names, types_below

Sign = str | type[ast.AST]
Note = tuple[Any, Any]
"""A node, and a message about it or whatever else the rule wants to remember."""
Notes = tuple[Note, ...]
Made = TypeVar("Made")
Find = Callable[[Activation], Iterable[Note]]
Message = Callable[[Target], str | None]

COROUTINE = "a coroutine"
TAINTED = "a value that differs between runs"
STORES = "a write outside the local variables"
OPAQUE = "a call that cannot be resolved"


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a rule looks for in one function.

    `find` is given an activation and yields notes. It may use what the activation recorded, the
    syntax tree of its function, and what stands in signatures and class statements elsewhere.
    `signs` are those of which a function must show one; without any, every function is looked at.

    `is_local` is False when `find` also asks what the functions do that are called from there: then
    only the signs are kept, and functions that show one are looked at again in every run.
    """

    find: Find
    signs: frozenset[Sign] = frozenset()
    is_local: bool = True
    message: Message | None = None
    """What `find` says of single calls, for looks that ask nothing else."""


def kept(activation: Activation, name: str, make: Callable[[], Made]) -> Made:
    """Something that follows from the facts of an activation, made once while these hold.

    With the activation of a module it may follow from all the code in it, and from what the code of
    other modules binds at their top: an edit that changes that begins a new program.
    """
    memo = activation.memo
    if name not in memo:
        memo[name] = make()
    made: Made = memo[name]
    return made


def per_activation(*signs: Sign, is_local: bool = True) -> Callable[[Find], Look]:
    """Make a look of a function that goes through one activation."""

    def made(find: Find) -> Look:
        return Look(find, frozenset(signs), is_local)

    return made


def per_call(*signs: Sign) -> Callable[[Message], Look]:
    """Make a look of a function that has a message about some of the things that calls may do.

    It is asked only about what shows one of the signs itself: as its kind, name or effect.
    """

    def made(message: Message) -> Look:
        def find(activation: Activation) -> Iterator[Note]:
            for node, targets in activation.calls.items():
                for target in targets:
                    text = message(target)
                    if text is not None:
                        yield node, text

        return Look(find, frozenset(signs), message=message)

    return made


def forms(*names: str) -> frozenset[str]:
    """Operations of the API in their synchronous and asynchronous forms."""
    return frozenset(names) | {f"{name}_async" for name in names}


def per_operation(*names: str) -> Look:
    """A look that notes the calls of some operations of the API, each with its qualified name.

    `names` are those of the synchronous forms; calls of the asynchronous ones are noted as well.
    """
    wanted = forms(*names)

    def find(activation: Activation) -> Iterator[Note]:
        return (call for call in api_calls(activation) if call[1] in wanted)

    return Look(find, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What was found in one activation; `size` tells whether module-level code was run further."""

    looks: Sequence[Look]
    size: int
    found: tuple[tuple[Look, Notes], ...]


class Interest:
    """Which looks each sign concerns."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self.looks = looks
        self._always = [look for look in looks if not look.signs]
        self._by_sign: dict[Sign, list[Look]] = {}
        self._about_calls: dict[Sign, list[Look]] = {}
        self._about: dict[tuple[str, ...], tuple[Look, ...]] = {}
        for look in looks:
            by_sign = self._by_sign if look.message is None else self._about_calls
            for sign in look.signs:
                by_sign.setdefault(sign, []).append(look)

    def look_at(self, activation: Activation) -> Looked:
        """Everything that the looks find in an activation; the last answer while it holds."""
        size = len(activation.calls)
        known: Looked | None = activation.memo.get("looked")
        if known is not None and known.size == size and known.looks is self.looks:
            return known
        signs = signs_of(activation)
        wanted = dict.fromkeys(self._always)
        for sign in self._by_sign.keys() & signs:
            wanted.update(dict.fromkeys(self._by_sign[sign]))
        found = []
        if not self._about_calls.keys().isdisjoint(signs):
            found += [(look, tuple(notes)) for look, notes in self._ask(activation).items()]
        for look in wanted:
            notes = tuple(look.find(activation)) if look.is_local else ()
            if notes or not look.is_local:
                found.append((look, notes))
        made = activation.memo["looked"] = Looked(self.looks, size, tuple(found))
        return made

    def _ask(self, activation: Activation) -> dict[Look, list[Note]]:
        """What the looks about single calls say, all of them in one go."""
        found: dict[Look, list[Note]] = {}
        for node, targets in activation.calls.items():
            for target in targets:
                for look in self._concerned(shown_by(target)):
                    text = look.message(target) if look.message is not None else None
                    if text is not None:
                        found.setdefault(look, []).append((node, text))
        return found

    def _concerned(self, shown: tuple[str, ...]) -> tuple[Look, ...]:
        """The looks about what shows some signs."""
        known = self._about.get(shown)
        if known is None:
            looks = (look for sign in shown for look in self._about_calls.get(sign, ()))
            known = self._about[shown] = tuple(dict.fromkeys(looks))
        return known


def shown_by(target: Target) -> tuple[str, ...]:
    """The signs of something that a call does."""
    if isinstance(target, Use):
        return (target.name, *target.effects)
    if isinstance(target, Boundary):
        return (target.kind, target.name)
    return (OPAQUE,) if isinstance(target, Opaque) else ()


def signs_of(activation: Activation) -> set[Sign]:
    """Everything that an activation shows."""
    function = activation.function
    found: set[Sign] = set()
    if function is not None:
        found |= types_below(function.node)
        found |= called_names(function.node)
    for targets in activation.calls.values():
        for target in targets:
            found.update(shown_by(target))
    if activation.stores:
        found.add(STORES)
    if any(value.taints for value in activation.values.values()):
        found.add(TAINTED)
    return found | _called(activation)


def _called(activation: Activation) -> set[Sign]:
    """What an activation calls outside the project, and the classes whose methods these are.

    A call in the project shows only that it makes a coroutine.
    """
    found: set[Sign] = set()
    values = activation.values
    for node, value in values.items():
        if type(node) is ast.Call:
            if any(type(atom) is Coroutine for atom in value.atoms):
                found.add(COROUTINE)
            for atom in values.get(node.func, NOTHING).atoms:
                if type(atom) is External:
                    found.add(atom.name)
                    if atom.bound:
                        found.add(atom.name.rpartition(".")[0])
    return found


__all__ = [
    "COROUTINE",
    "OPAQUE",
    "STORES",
    "TAINTED",
    "Interest",
    "Look",
    "Looked",
    "Note",
    "Notes",
    "Sign",
    "forms",
    "kept",
    "per_activation",
    "per_call",
    "per_operation",
    "shown_by",
    "signs_of",
]
