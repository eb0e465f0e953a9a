"""Abstract values: what an expression may be, as far as the source says.

In: nothing. Out: frozen atoms (a module, a function, an instance, a container, a constant, …), and
`Value`, a small set of atoms with the nondeterministic places that contributed to it. Never does:
look at source; joining is the only operation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from dbos_build.interpreter.ordered import Ordered, extended, few, ordered
from dbos_build.names.symbols import Class, Function

ATOMS_MAX = 12
NESTING_MAX = 4
TAINTS_MAX = 16


@dataclass(slots=True, eq=False)
class Place:
    """A position in a file. There is one object for each, which moves when its file is edited."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Taint:
    """A place that yields a nondeterministic value, and the kind of effect there."""

    kind: str
    place: Place

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.place.path

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """The column, from 0, as syntax trees count."""
        return self.place.column


@dataclass(frozen=True, slots=True)
class ModuleRef:
    """A module of the project, by path; or a bare package name when `path` is empty."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the project, by qualified name: `time.time`, `httpx.Client.get`.

    `bound` tells a member read from an instance from one read from a module or class; `holds` is
    what that instance is about.
    """

    name: str
    bound: bool = False
    holds: Value | None = None


@dataclass(frozen=True, slots=True)
class ExternalInstance:
    """An object of a class outside the project; builtins count: `builtins.str`.

    `holds` is what it is about, when that matters: the rows that a query gives.
    """

    type: str
    holds: Value | None = None


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A function of the project, with the activation whose variables it closes over."""

    function: Function
    closure: object | None = None


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class of the project."""

    owner: Class
    closure: object | None = None


@dataclass(frozen=True, slots=True)
class InstanceRef:
    """An object of a class of the project; `site` is where it was made, None when only typed."""

    owner: Class
    site: int | None = None


@dataclass(frozen=True, slots=True)
class SuperRef:
    """What `super()` gives: lookups start after `after` in the order of `receiver`'s class."""

    after: Class
    receiver: InstanceRef | ClassRef


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A function of the project bound to the object or class it was read from."""

    function: FunctionRef
    receiver: Atom


@dataclass(frozen=True, slots=True)
class PartialCall:
    """`functools.partial(target, …)`; `is_method` when it waits for the object it is read from."""

    target: Value
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    is_method: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """A durable decorator: the result of `DBOS.workflow()` and its like."""

    kind: str
    name: str | None = None
    options: int = 0


@dataclass(frozen=True, slots=True)
class Durable:
    """A function of the project behind a durable decorator of this kind."""

    kind: str
    target: FunctionRef
    receiver: Atom | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple, set, frozenset or iterator: fixed `items` when known, else any `element`."""

    kind: str
    items: tuple[Value, ...] | None
    element: Value


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dict: the values of literal keys, and what any other key may hold.

    `order` is what the order of its keys depends on, which lookups do not.
    """

    items: tuple[tuple[object, Value], ...]
    rest: Value
    order: frozenset[Taint] = frozenset()


@dataclass(frozen=True, slots=True)
class Coroutine:
    """What calling an async function gives before it is awaited.

    `subject` is the activation, durable function or API name behind it, `kind` is function, step,
    transaction, workflow or api.
    """

    subject: object
    kind: str
    result: Value


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal of a simple type, kept apart by type: 1 is not True."""

    value: object
    type: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something the analysis cannot tell, and why."""

    reason: str


Atom = (
    ModuleRef
    | External
    | ExternalInstance
    | FunctionRef
    | ClassRef
    | InstanceRef
    | SuperRef
    | BoundMethod
    | PartialCall
    | Marker
    | Durable
    | Sequence
    | Mapping
    | Coroutine
    | Constant
    | Unknown
)


NO_ATOMS: Ordered[Atom] = ordered(())


@dataclass(frozen=True, slots=True)
class Value:
    """Any of `atoms`; `taints` are the nondeterministic places it may come from."""

    atoms: Ordered[Atom] = NO_ATOMS
    taints: frozenset[Taint] = field(default=frozenset())

    def join(self, other: Value) -> Value:
        """Either of two values."""
        if other is self or (other.atoms <= self.atoms and other.taints <= self.taints):
            return self
        if not self.atoms and not self.taints:
            return other
        known = self.atoms
        added = [atom for atom in other.atoms if atom not in known]
        if added and any(isinstance(atom, Unknown) for atom in known):
            # One unknown says as much as many; dropping the rest lets fixed points come sooner.
            added = [atom for atom in added if not isinstance(atom, Unknown)]
        taints = joined_taints(self.taints, other.taints)
        if not added:
            return self if taints == self.taints else Value(known, taints)
        return _bounded(extended(known, added) if known else ordered(added), taints)

    def tainted(self, taints: frozenset[Taint]) -> Value:
        """The same value, from more places."""
        if taints <= self.taints:
            return self
        return Value(self.atoms, joined_taints(self.taints, taints))

    @property
    def is_unknown(self) -> bool:
        """Whether nothing at all is known of it."""
        return all(isinstance(atom, Unknown) for atom in self.atoms)


ORDER_KINDS = frozenset({"set_loop", "set_order"})
"""Taints that say only that an order is arbitrary: counting, sorting or testing removes them."""


def unordered(value: Value) -> Value:
    """The value without the taints that concern only order."""
    kept = frozenset(taint for taint in value.taints if taint.kind not in ORDER_KINDS)
    return value if kept == value.taints else Value(value.atoms, kept)


def addresses(taints: frozenset[Taint]) -> frozenset[Taint]:
    """The taints of addresses: whether two of these are equal is the same in every process."""
    return frozenset(taint for taint in taints if taint.kind == "address") if taints else taints


def is_arbitrary(value: Value) -> bool:
    """Whether iterating over a value gives another order in every process.

    Numbers hash to themselves, so sets of them have the same order everywhere.
    """
    for atom in value.atoms:
        if isinstance(atom, Sequence) and atom.kind in {"set", "frozenset"}:
            inside = atom.element.atoms
            if not inside or not all(_hashes_to_itself(item) for item in inside):
                return True
        elif isinstance(atom, ExternalInstance) and atom.type in _SETS:
            return True
    return False


_SETS = frozenset({"builtins.set", "builtins.frozenset"})
_NUMBERS = frozenset({"int", "float", "bool", "complex"})


def _hashes_to_itself(atom: Atom) -> bool:
    kind = getattr(atom, "type", "")
    return isinstance(kind, str) and kind.removeprefix("builtins.") in _NUMBERS


def joined_taints(one: frozenset[Taint], other: frozenset[Taint]) -> frozenset[Taint]:
    """Both sets of places; of very many the first in source order are kept."""
    if other <= one:
        return one
    both = one | other
    if len(both) <= TAINTS_MAX:
        return both
    return frozenset(sorted(both, key=_PLACE)[:TAINTS_MAX])


_PLACE = attrgetter("path", "line", "column", "kind")


NOTHING = Value()


def of(*atoms: Atom) -> Value:
    """The value that is one of these atoms."""
    return Value(few(atoms) if len(atoms) < 2 else ordered(atoms))


def unknown(reason: str) -> Value:
    """A value nothing is known of."""
    return Value(few((Unknown(reason),)))


def instance(type_name: str) -> Value:
    """An object of an external class."""
    return Value(few((ExternalInstance(type_name),)))


def join_all(values: Iterable[Value]) -> Value:
    """Any of several values."""
    result = NOTHING
    for value in values:
        result = result.join(value)
    return result


def constant(value: object) -> Value:
    """A literal."""
    return Value(few((Constant(value, type(value).__name__),)))


def sequence(kind: str, items: Iterable[Value] | None, element: Value = NOTHING) -> Value:
    """A container value; its taints are those of its elements."""
    fixed = tuple(items) if items is not None else None
    if fixed is not None:
        element = join_all(fixed)
        if len(fixed) > ATOMS_MAX * 2 or kind in {"set", "frozenset"}:
            fixed = None
    if depth(element) >= NESTING_MAX:
        fixed, element = None, Value(few((Unknown("nested data"),)), element.taints)
    return Value(few((Sequence(kind, fixed, element),)), element.taints)


def mapping(items: dict[object, Value], rest: Value = NOTHING) -> Value:
    """A dict value; its taints are those of its values."""
    everything = join_all(items.values()).join(rest)
    if depth(everything) >= NESTING_MAX:
        return Value(few((Mapping((), unknown("nested data")),)), everything.taints)
    if len(items) > 64:
        return Value(few((Mapping((), everything),)), everything.taints)
    return Value(few((Mapping(tuple(items.items()), rest),)), everything.taints)


def depth(value: Value) -> int:
    """How many containers deep a value goes."""
    deepest = 0
    for atom in value.atoms:
        if isinstance(atom, Sequence):
            deepest = max(deepest, 1 + depth(atom.element))
        elif isinstance(atom, Mapping):
            inner = max((depth(item) for _, item in atom.items), default=0)
            deepest = max(deepest, 1 + inner, 1 + depth(atom.rest))
        elif isinstance(atom, PartialCall):
            deepest = max(deepest, 1 + depth(atom.target), *(depth(v) + 1 for v in atom.positional))
        elif isinstance(atom, BoundMethod):
            deepest = max(deepest, 1)
        elif isinstance(atom, ExternalInstance | External) and atom.holds is not None:
            deepest = max(deepest, 1 + depth(atom.holds))
        elif isinstance(atom, Coroutine):
            deepest = max(deepest, 1 + depth(atom.result))
    return deepest


_TASKS = (ExternalInstance("asyncio.Future"), ExternalInstance("asyncio.Task"))


def awaited(value: Value) -> Value:
    """What awaiting a value gives."""
    if any(task in value.atoms for task in _TASKS):
        known = Value(ordered(a for a in value.atoms if a not in _TASKS), value.taints)
        return awaited(known.join(unknown("result of a task")))
    if not any(isinstance(atom, Coroutine) for atom in value.atoms):
        return value
    result = Value(
        ordered(atom for atom in value.atoms if not isinstance(atom, Coroutine)), value.taints
    )
    for atom in value.atoms:
        if isinstance(atom, Coroutine):
            result = result.join(atom.result)
    return result


def elements(value: Value) -> Value:
    """What iterating over a value gives, as far as its containers tell."""
    result = Value(NO_ATOMS, value.taints)
    for atom in value.atoms:
        if isinstance(atom, Sequence):
            result = result.join(atom.element)
        elif isinstance(atom, Mapping):
            result = result.join(join_all(constant(key) for key, _ in atom.items))
            result = result.tainted(atom.order)
        elif isinstance(atom, Constant) and isinstance(atom.value, str):
            result = result.join(instance("builtins.str"))
        elif isinstance(atom, ExternalInstance):
            if atom.holds is not None:
                result = result.join(atom.holds)
            elif atom.type.endswith(ANYTHING):
                result = result.join(of(atom))
    return result


ANYTHING = ".Object"
"""How the class is called that stands for whatever a package gives, its parts included."""


def _bounded(atoms: Ordered[Atom], taints: frozenset[Taint]) -> Value:
    """A value with at most `ATOMS_MAX` atoms: data is merged first, callables are kept longest."""
    if len(atoms) <= ATOMS_MAX:
        return Value(atoms, taints)
    kept: dict[Atom, None] = {}
    merged: dict[str, Value] = {}
    for atom in atoms:
        if isinstance(atom, Constant):
            kept[ExternalInstance("builtins." + atom.type)] = None
        elif isinstance(atom, Sequence):
            merged[atom.kind] = merged.get(atom.kind, NOTHING).join(atom.element)
        elif isinstance(atom, Mapping):
            inside = join_all(item for _, item in atom.items).join(atom.rest)
            merged["dict"] = merged.get("dict", NOTHING).join(inside)
        elif isinstance(atom, Unknown):
            kept[Unknown("one of many")] = None
        else:
            kept[atom] = None
    for kind, element in merged.items():
        holder = Mapping((), element) if kind == "dict" else Sequence(kind, None, element)
        kept[holder] = None
    if len(kept) > ATOMS_MAX * 4:
        return Value(few((Unknown("too many possibilities"),)), taints)
    return Value(ordered(kept), taints)
