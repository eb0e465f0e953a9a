"""What calls into the standard library give, taken from the stubs that come with mypy.

In: the stubs and the tables in `known/`. Out: the text of `known/standard_results.tsv`: one entry
for each function and method that has no entry of its own but whose result has one plain type. The
effects are those that the tables decide; only the type is new. Run as a script, it writes the file.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path

import dbos_build
from dbos_build.interpreter.knowledge import Entry, Knowledge, load
from support.typeshed import SUPPORTED, Definition, Stubs, standard_library

TABLE = Path(dbos_build.__file__).parent / "known" / "standard_results.tsv"
HEADER = (
    "# What calls into the standard library give, generated from typeshed's stubs.\n"
    "# Do not edit: in tests/, run `python -m support.stub_results`. It decides on no effects.\n"
)
# The analysis has its own models of these: they keep track of what is inside.
MODELLED = frozenset(
    {f"builtins.{name}" for name in ("dict", "frozenset", "iter", "list", "set", "tuple", "type")}
)
TEXTS = frozenset({"builtins.str", "builtins.bytes"})
ELEMENTS = {
    "builtins.list": "[{}]",
    "builtins.set": "set[{}]",
    "builtins.frozenset": "set[{}]",
}
TRANSPARENT = frozenset({"typing.Awaitable", "typing.Coroutine", "asyncio.futures.Future"})
# What workflows use; for the rest of the library nobody waits.
COVERED = """
asyncio base64 binascii builtins.ascii builtins.bin builtins.bool builtins.bytes builtins.callable
builtins.chr builtins.float builtins.format builtins.hasattr builtins.hex builtins.int
builtins.isinstance builtins.issubclass builtins.len builtins.oct builtins.ord builtins.repr
builtins.str calendar codecs collections.Counter collections.OrderedDict configparser
concurrent.futures csv datetime decimal difflib email.header email.message email.mime email.utils
fractions functools hashlib hmac html http.client http.cookies inspect io ipaddress itertools json
logging math mimetypes operator os pathlib platform queue random re secrets shlex shutil socket
sqlite3 ssl statistics string struct subprocess sys tempfile textwrap threading time traceback
unicodedata urllib uuid xml.etree.ElementTree zipfile zlib zoneinfo
"""
# What these give is what they are given, or is kept track of by a model.
PASSED_ON = ("asyncio.gather", "asyncio.shield", "asyncio.wrap_future")
_COVERED = frozenset(COVERED.split())
MUTE = ("None", "typing.", "typing_extensions.", "collections.abc.")
WIDTH = 100


class Results:
    """The result types of one Python version."""

    def __init__(self, stubs: Stubs) -> None:
        """Learn under which public name each class is known."""
        self.stubs = stubs
        self.members = standard_library(stubs.version)
        self.public: dict[str, str] = {}
        for member in self.members.values():
            known = self.public.get(member.definition)
            if member.kind == "class" and (known is None or _plainer(member.name, known)):
                self.public[member.definition] = member.name

    def find(self) -> dict[str, str]:
        """The type that each public function and method gives, where it is one plain type."""
        found: dict[str, str] = {}
        for member in self.members.values():
            if not _covered(member.name) or member.name.startswith(PASSED_ON):
                continue
            if member.kind == "class":
                if member.name.rpartition(".")[2].islower() and member.name not in MODELLED:
                    found[member.name] = self.public[member.definition]
            elif member.kind in {"function", "method"}:
                receiver = member.name.rpartition(".")[0] if member.kind == "method" else ""
                result = self._result(member.definition, receiver)
                if result and not result.startswith(MUTE):
                    found[member.name] = result
        return found

    def _result(self, definition: str, receiver: str) -> str:
        """The type of the result of a function, given the class it is called on."""
        if receiver and definition.startswith("builtins.") and not receiver.startswith("builtins."):
            return ""
        module, bodies = self._overloads(definition)
        types = {self._type(module, body.returns, receiver) for body in bodies}
        if types and types <= TEXTS:
            return "builtins.str" if "builtins.str" in types else "builtins.bytes"
        return types.pop() if len(types) == 1 else ""

    def _overloads(
        self, definition: str
    ) -> tuple[str, list[ast.FunctionDef | ast.AsyncFunctionDef]]:
        """The module of a function and all its definitions, overloads included."""
        module = definition
        while not (stub := self.stubs.stub(module)):
            module = module.rpartition(".")[0]
        body: Iterable[ast.stmt] = stub.tree.body
        *owners, name = definition[len(module) + 1 :].split(".")
        for owner in owners:
            held = [node for node in self.stubs.statements(body) if _defines(node, owner)]
            body = held[-1].body if held and isinstance(held[-1], ast.ClassDef) else []
        found = []
        for node in self.stubs.statements(body):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                found.append(node)
        return module, found

    def _type(self, module: str, node: ast.expr | None, receiver: str) -> str:
        """An annotation in the words of the tables, empty when it is not one plain type."""
        if isinstance(node, ast.Constant):
            return "None" if node.value is None else ""
        if isinstance(node, ast.BinOp):
            return self._union(module, node, receiver)
        if isinstance(node, ast.Subscript):
            return self._generic(module, node, receiver)
        if node is None or not isinstance(node, ast.Name | ast.Attribute):
            return ""
        name = ast.unparse(node)
        if name in {"Self", "typing_extensions.Self"}:
            return receiver
        head, _, rest = name.partition(".")
        target = self.stubs.resolve(module, head)
        if rest and not isinstance(target, Definition) and target is not None:
            target = self.stubs.resolve(target.module, rest)
        if not isinstance(target, Definition) or not isinstance(target.node, ast.ClassDef):
            return ""
        public = self.public.get(target.name, "")
        return "" if public in {"builtins.object", *MODELLED} else public

    def _union(self, module: str, node: ast.BinOp, receiver: str) -> str:
        """The one type of `X | None`."""
        sides = {self._type(module, side, receiver) for side in (node.left, node.right)}
        sides -= {"None"}
        return sides.pop() if len(sides) == 1 else ""

    def _generic(self, module: str, node: ast.Subscript, receiver: str) -> str:
        """`list[X]` and `set[X]` keep X; of other generics only the class counts."""
        target = self.stubs.resolve(module, ast.unparse(node.value))
        if not isinstance(target, Definition):
            return ""
        if target.name in TRANSPARENT:
            return self._type(module, node.slice, receiver)
        if target.name in ELEMENTS:
            element = self._type(module, node.slice, receiver)
            plain = element and "[" not in element and element != "None"
            return ELEMENTS[target.name].format(element) if plain else ""
        return self._type(module, node.value, receiver)


def text(knowledge: Knowledge) -> str:
    """The whole table, as the other tables and the stubs have it."""
    merged: dict[str, set[str]] = defaultdict(set)
    for version in SUPPORTED:
        for name, result in Results(Stubs(version)).find().items():
            merged[name].add(result)
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name in sorted(merged):
        entry = _decision(knowledge, name)
        if len(merged[name]) == 1 and entry is not None:
            effects = ",".join(entry.effects) or "pure"
            prefix, _, last = name.rpartition(".")
            groups[prefix, effects, next(iter(merged[name]))].append(last)
    return HEADER + "".join(_lines(key, names) for key, names in groups.items())


def _decision(knowledge: Knowledge, name: str) -> Entry | None:
    """The wildcard that decides on a name, None when a row of its own or of another name does."""
    if knowledge.canonical(name) != name:
        return None
    if name in knowledge.exact and name not in _written():
        return None
    entry = knowledge.find(name.rpartition(".")[0] + ".*")
    if entry is None or entry.when:
        return None
    is_said = entry.returns and not entry.name.endswith(".*")
    return None if is_said else entry


@cache
def _written() -> frozenset[str]:
    """The names that the table has entries for as it stands."""
    text = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    rows = [line.partition("\t")[0] for line in text.splitlines() if not line.startswith("#")]
    return frozenset(name for row in rows for name in expand(row))


def expand(row: str) -> list[str]:
    """`a.{b,c}` as `a.b` and `a.c`."""
    pieces = [piece.split(",") for piece in re.split(r"[{}]", row)]
    return ["".join(choice) for choice in product(*pieces)]


def _lines(key: tuple[str, str, str], names: list[str]) -> str:
    """The rows of one group, broken before they grow too long."""
    prefix, effects, result = key
    tail = f"\t{effects}\t-\t{result}\n"
    lines, held = "", list[str]()
    for name in names:
        if held and len(prefix) + len(",".join([*held, name])) + len(tail) > WIDTH:
            lines += _row(prefix, held) + tail
            held = []
        held.append(name)
    return lines + _row(prefix, held) + tail


def _row(prefix: str, names: list[str]) -> str:
    return f"{prefix}.{names[0]}" if len(names) == 1 else f"{prefix}.{{{','.join(names)}}}"


def _covered(name: str) -> bool:
    """Whether a name is one of those in `COVERED` or below it."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in _COVERED for length in range(1, len(parts) + 1))


def _plainer(name: str, than: str) -> bool:
    """Whether a public name is the one people write: fewer parts, then alphabetical order."""
    return (name.count("."), name) < (than.count("."), than)


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.ClassDef) and node.name == name


if __name__ == "__main__":
    TABLE.write_text(text(load()), encoding="utf-8")
