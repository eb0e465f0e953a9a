"""Whether values of a type that mypy knows can go through the database.

In: types of mypy, and the modules it has read. Out: the part that cannot be stored, and where in
the type it stands. Never does: judge what it cannot see into: `Any`, functions, classes of
libraries that are not in the compiler's list, and classes that say themselves how they are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import MypyFile, TypeInfo, Var
from mypy.types import (
    Instance,
    LiteralType,
    TupleType,
    Type,
    TypedDictType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from dbos_build.analysis.storable import cannot_be_stored

DEPTH_MAX = 6
_HIDDEN_MODULES = {"_io": "io", "_thread": "threading", "_asyncio": "asyncio", "_socket": "socket"}
_HIDDEN_NAMES = {"_thread.lock": "threading.Lock", "_thread.LockType": "threading.Lock"}
_EXACT = frozenset(
    {
        "Iterator",
        "AsyncIterator",
        "Generator",
        "AsyncGenerator",
        "Coroutine",
        "Awaitable",
        "IO",
        "TextIO",
        "BinaryIO",
    }
)
"""Types that a class of one's own may derive from and still be stored."""
_IN_MEMORY = frozenset({"_io.BytesIO", "_io.StringIO", "io.BytesIO", "io.StringIO"})
"""Files that are no more than their content."""
_OWN_FORM = frozenset(
    {"__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__"}
)
_MODELS = ("pydantic.", "enum.", "builtins.", "typing.", "abc.", "_typeshed.", "collections.")
"""Libraries whose classes leave it to their subclasses what is stored."""


@dataclass(frozen=True, slots=True)
class Unstorable:
    """A type whose values cannot be stored, and the attributes that lead to it (`Cart.lock`)."""

    type: str
    where: str = ""


def unstorable(given: Type, modules: Mapping[str, MypyFile]) -> Unstorable | None:
    """The first part of a type that cannot be stored, or None."""
    return _Search(modules).look(given, "", 0)


@dataclass(frozen=True, slots=True)
class _Search:
    modules: Mapping[str, MypyFile]

    def look(self, given: Type, where: str, depth: int) -> Unstorable | None:
        if depth > DEPTH_MAX:
            return None
        proper = get_proper_type(given)
        if isinstance(proper, LiteralType):
            return None
        if isinstance(proper, TypeVarType):
            return self.look(proper.upper_bound, where, depth + 1)
        if isinstance(proper, UnionType):
            return self._first(proper.items, where, depth)
        if isinstance(proper, TupleType):
            return self._first(proper.items, where, depth)
        if isinstance(proper, TypedDictType):
            name = proper.fallback.type.name
            for key, item in proper.items.items():
                found = self.look(item, f"`{name}[{key!r}]`", depth + 1)
                if found is not None:
                    return found
            return None
        return self._instance(proper, where, depth) if isinstance(proper, Instance) else None

    def _first(self, items: list[Type], where: str, depth: int) -> Unstorable | None:
        found = (self.look(each, where, depth + 1) for each in items)
        return next((each for each in found if each is not None), None)

    def _instance(self, given: Instance, where: str, depth: int) -> Unstorable | None:
        found = _forbidden(given.type)
        if found is not None:
            return Unstorable(self._public(found), where)
        if not self._is_of_the_project(given.type):
            return self._first(list(given.args), where, depth)
        if given.type.is_enum or not self._is_plain(given.type):
            return None
        for variable, kept in self._attributes(given):
            place = f"`{given.type.name}.{variable.name}`"
            inside = self.look(kept, place, depth + 1)
            if inside is not None:
                return inside
        return None

    def _public(self, info: TypeInfo) -> str:
        """The name under which a class is imported: that of the outermost package with it."""
        package = ""
        for part in info.module_name.split("."):
            package = f"{package}.{part}" if package else part
            symbol = getattr(self.modules.get(package), "names", {}).get(info.name)
            if symbol is not None and symbol.node is info:
                break
        return (
            _HIDDEN_NAMES.get(info.fullname)
            or f"{_HIDDEN_MODULES.get(package, package)}.{info.name}"
        )

    def _attributes(self, given: Instance) -> Iterator[tuple[Var, Type]]:
        """The attributes that instances have of their own, with their types."""
        for ancestor in given.type.mro:
            if not self._is_of_the_project(ancestor):
                continue
            seen_from = map_instance_to_supertype(given, ancestor)
            for symbol in ancestor.names.values():
                node = symbol.node
                if isinstance(node, Var) and node.type is not None and not _is_left_out(node):
                    yield node, expand_type_by_instance(node.type, seen_from)

    def _is_of_the_project(self, info: TypeInfo) -> bool:
        """Whether a class stands in source that the user can change."""
        module = self.modules.get(info.module_name)
        if module is None or module.is_stub:
            return False
        return "site-packages" not in module.path.replace("\\", "/").split("/")

    def _is_plain(self, info: TypeInfo) -> bool:
        """Whether what is stored of an object is its attributes."""
        for ancestor in info.mro:
            if ancestor.fullname == "builtins.object":
                continue
            if _OWN_FORM & ancestor.names.keys() and self._is_of_the_project(ancestor):
                return False
            if not self._is_of_the_project(ancestor) and not ancestor.fullname.startswith(_MODELS):
                return False
        return True


def _is_left_out(variable: Var) -> bool:
    """Class variables, properties and private attributes of models are no part of an object."""
    model = any(each.fullname.startswith("pydantic.") for each in variable.info.mro)
    return (
        variable.is_classvar
        or variable.is_property
        or variable.name.startswith("__")
        or (model and variable.name.startswith("_"))
    )


def _forbidden(info: TypeInfo) -> TypeInfo | None:
    """The class of the compiler's list that a class is or derives from."""
    if info.fullname in _IN_MEMORY:
        return None
    for ancestor in info.mro:
        module, _, name = ancestor.fullname.rpartition(".")
        if ancestor is not info and name in _EXACT:
            continue
        listed = _HIDDEN_NAMES.get(
            ancestor.fullname, f"{_HIDDEN_MODULES.get(module, module)}.{name}"
        )
        if cannot_be_stored(listed):
            return ancestor
        if _OWN_FORM & ancestor.names.keys():
            return None
    return None
