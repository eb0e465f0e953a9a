"""The mypy plugin that writes down what mypy finds out; it runs inside mypy's own process.

In: the `request.json` beside mypy's configuration file: the project's files. Out: in the same
folder, one file of facts per module that mypy checked, and `outcome.json` once all are written.
Never: changes a type, reports an error, outlives who asked, or imports anything but mypy and the
standard library (mypy loads it by path, so it cannot rely on the rest of this package).

A fact is a place (line, column, end line, end column, as in `ast`) and what mypy knows of the
expression there: the types its value may have, or the class that defines the member it names.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn, TypeAlias

from mypy.nodes import CallExpr, Context, IndexExpr, MemberExpr, TypeInfo
from mypy.options import Options
from mypy.plugin import (
    AttributeContext,
    FunctionContext,
    MethodContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

FORMAT = 1
DEPTH_MAX = 4
SUPPORTED = ((1, 18), (3, 0))
"""The first release whose hooks and positions are as this module expects, and the first that may
differ again."""

PARENT = "DBOS_BUILD_TYPES_PARENT"
"""The environment variable with the process that waits for the facts."""
PARENT_CHECK_SECONDS = 0.5

Description: TypeAlias = tuple[Any, ...]
Place: TypeAlias = tuple[int, int, int, int]


class Facts:
    """What is known of one module; types and classes are kept once and referred to by number."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.places: dict[Place, dict[int, None]] = {}
        self.types: dict[Description, int] = {}
        self.classes: dict[str, dict[str, Any]] = {}

    def add(self, node: Context, description: Description | None) -> None:
        """Note what is known of an expression; what is already known there stays."""
        if description is None or node.line < 1 or not node.end_line or node.end_column is None:
            return
        number = self.types.setdefault(description, len(self.types))
        place = (node.line, node.column, node.end_line, node.end_column)
        self.places.setdefault(place, {})[number] = None

    def document(self) -> dict[str, Any]:
        """The facts as plain data, in an order that depends on nothing but the facts."""
        return {
            "format": FORMAT,
            "path": self.path,
            "types": list(self.types),
            "classes": self.classes,
            "places": [[*place, list(known)] for place, known in sorted(self.places.items())],
        }


class Recorder(Plugin):
    """Watches every call and attribute that mypy resolves in the project's files."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.folder = folder_of(options)
        with open(os.path.join(self.folder, "request.json"), encoding="utf-8") as stream:
            self.wanted = frozenset(json.load(stream)["paths"])
        self.modules: dict[str, Facts] = {}
        self._hooks: dict[str, Callable[[MethodContext], Type]] = {}
        self._is_written = False
        atexit.register(self.write)
        self._write_before_leaving()

    def facts_of(self, api: Any) -> Facts | None:
        """The facts of the module being checked, or None when it is not part of the project."""
        path: str = api.path
        if path not in self.wanted:
            return None
        facts = self.modules.get(path)
        if facts is None:
            facts = self.modules[path] = Facts(path)
        return facts

    def report_config_data(self, ctx: ReportConfigContext) -> None:
        """Called for each module; outside a check it means that the module is read anew."""
        if not ctx.is_check and ctx.path in self.wanted:
            self.modules.setdefault(ctx.path, Facts(ctx.path))

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type]:
        """See every call of a function or class."""
        return self._called

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type]:
        """See every call of a method, those that operators and statements imply included."""
        name = fullname.rpartition(".")[2]
        known = self._hooks.get(name)
        if known is None:  # One for all methods of a name: mypy asks at every call.
            known = self._hooks[name] = partial(self._method_called, name)
        return known

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type]:
        """See every read of an attribute of an object."""
        return self._read

    def _called(self, context: FunctionContext) -> Type:
        facts = self.facts_of(context.api)
        if facts is not None and isinstance(context.context, CallExpr):
            describe = Describer(facts, context.api)
            facts.add(context.context, describe.type(context.default_return_type))
            self._arguments(facts, describe, context)
        return context.default_return_type

    def _method_called(self, name: str, context: MethodContext) -> Type:
        facts = self.facts_of(context.api)
        if facts is not None and isinstance(context.context, CallExpr | IndexExpr):
            self._method(facts, context, name)
        return context.default_return_type

    def _method(self, facts: Facts, context: MethodContext, name: str) -> None:
        """A call written as `receiver.name(…)`, or `receiver[…]`; implied calls say nothing new."""
        describe = Describer(facts, context.api)
        node = context.context
        if isinstance(node, IndexExpr) and name == "__getitem__":
            facts.add(node.base, describe.type(context.type))
            facts.add(node, describe.type(context.default_return_type))
        elif isinstance(node, CallExpr) and isinstance(node.callee, MemberExpr):
            if node.callee.name != name:
                return
            facts.add(node.callee.expr, describe.type(context.type))
            facts.add(node, describe.type(context.default_return_type))
            facts.add(node.callee, describe.member(context.type, name))
            self._arguments(facts, describe, context)

    def _read(self, context: AttributeContext) -> Type:
        facts = self.facts_of(context.api)
        node = context.context
        if facts is not None and isinstance(node, MemberExpr) and not context.is_lvalue:
            describe = Describer(facts, context.api)
            facts.add(node.expr, describe.type(context.type))
            facts.add(node, describe.type(context.default_attr_type))
        return context.default_attr_type

    def _arguments(
        self, facts: Facts, describe: Describer, context: FunctionContext | MethodContext
    ) -> None:
        """What is passed on: a helper without annotations learns from it."""
        for nodes, types in zip(context.args, context.arg_types, strict=False):
            for node, passed in zip(nodes, types, strict=False):
                facts.add(node, describe.type(passed))

    def _write_before_leaving(self) -> None:
        """mypy leaves its process without tidying up, which is much faster: write before that."""
        leave = os._exit

        def written(status: int) -> NoReturn:
            self.write()
            leave(status)

        os._exit = written

    def write(self) -> None:
        """Write every module's facts, then the outcome that says they are complete; once."""
        if self._is_written:
            return
        self._is_written = True
        for path, facts in self.modules.items():
            write(os.path.join(self.folder, "facts", file_name(path)), facts.document())
        write(os.path.join(self.folder, "outcome.json"), {"format": FORMAT, "unsupported": None})


class Describer:
    """Types of mypy as plain data; None stands for types that say nothing."""

    def __init__(self, facts: Facts, api: Any) -> None:
        self.facts = facts
        self.modules: dict[str, Any] = api.modules

    def type(self, given: Type, depth: int = 0) -> Description | None:
        """Any type: instances, classes, tuples and unions of them."""
        proper = get_proper_type(given)
        if depth > DEPTH_MAX:
            return None
        if isinstance(proper, TypeVarType):
            return self.type(proper.upper_bound, depth + 1)
        if isinstance(proper, LiteralType | TypedDictType):
            return self.type(proper.fallback, depth + 1)
        if isinstance(proper, Instance):
            arguments = tuple(self.type(argument, depth + 1) for argument in proper.args)
            return ("instance", self.owner(proper.type), arguments)
        if isinstance(proper, TupleType):
            if proper.partial_fallback.type.fullname != "builtins.tuple":
                return self.type(proper.partial_fallback, depth + 1)
            return ("tuple", tuple(self.type(item, depth + 1) for item in proper.items))
        if isinstance(proper, UnionType):
            items = (self.type(item, depth + 1) for item in proper.items)
            return ("union", tuple(item for item in items if item is not None))
        if isinstance(proper, NoneType):
            return ("none",)
        return self.class_object(proper)

    def class_object(self, proper: Type) -> Description | None:
        """A class itself, as in `type[Client]`; functions say nothing."""
        if isinstance(proper, TypeType):
            made = get_proper_type(proper.item)
        elif isinstance(proper, CallableType | Overloaded) and proper.is_type_obj():
            made = get_proper_type(proper.items[0].ret_type)
        else:
            return None
        return ("class", self.owner(made.type)) if isinstance(made, Instance) else None

    def member(self, receiver: Type, name: str) -> Description | None:
        """The class that defines a method, found among the receiver's ancestors."""
        proper = get_proper_type(receiver)
        if isinstance(proper, Instance):
            for ancestor in proper.type.mro:
                if name in ancestor.names:
                    return ("member", self.owner(ancestor), name)
        return None

    def owner(self, info: TypeInfo) -> str:
        """Describe a class once, and name it."""
        known = self.facts.classes
        if info.fullname not in known:
            module = self.modules.get(info.module_name)
            known[info.fullname] = {
                "names": self.names(info),
                "path": getattr(module, "path", None) or "",
                "qualname": info.fullname[len(info.module_name) + 1 :],
            }
        return info.fullname

    def names(self, info: TypeInfo) -> list[str]:
        """Where a class can be imported from: its module, and the packages above it."""
        found = [info.fullname]
        package = info.module_name.rpartition(".")[0]
        while package:
            names = getattr(self.modules.get(package), "names", {})
            symbol = names.get(info.name)
            if symbol is not None and symbol.node is info:
                found.append(f"{package}.{info.name}")
            package = package.rpartition(".")[0]
        return found


def file_name(path: str) -> str:
    """The name of the facts file of a source file."""
    return hashlib.blake2b(os.fsencode(path), digest_size=16).hexdigest() + ".json"


def write(path: str, document: dict[str, Any]) -> None:
    """Write a JSON file at once or not at all."""
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as stream:
        json.dump(document, stream, separators=(",", ":"))
    os.replace(temporary, path)


class Unsupported(Plugin):
    """Stands in under a release of mypy that was never tried: says so and does nothing else."""

    version = ""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        document = {"format": FORMAT, "unsupported": self.version}
        write(os.path.join(folder_of(options), "outcome.json"), document)


def folder_of(options: Options) -> str:
    """The folder of mypy's configuration file, where requests and facts are exchanged."""
    return os.path.dirname(os.path.abspath(options.config_file or ""))


def is_supported(version: str) -> bool:
    """Whether a release of mypy, such as `2.4.1` or `2.5.0+dev.1a2b`, is one we know."""
    parts = version.partition("+")[0].split(".")[:2]
    if len(parts) < 2 or not all(part.isdecimal() for part in parts):
        return False
    first, after = SUPPORTED
    return first <= (int(parts[0]), int(parts[1])) < after


def leave_with(parent: int) -> None:
    """End this process, without facts, soon after the one that waits for them has ended.

    An editor may be killed while mypy runs, and nobody would tell mypy.
    """
    leave = os._exit

    def watch() -> None:
        ended = threading.Event()
        while os.getppid() == parent:
            ended.wait(PARENT_CHECK_SECONDS)
        leave(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for; `version` is mypy's own."""
    parent = os.environ.get(PARENT, "")
    if parent.isdecimal():
        leave_with(int(parent))
    if is_supported(version):
        return Recorder
    Unsupported.version = version
    return Unsupported
