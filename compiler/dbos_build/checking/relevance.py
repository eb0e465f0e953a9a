"""Relevance: which files of a project can matter to anything durable.

In: the facts that the text of each file gives. Out: the paths of the files that have to be
analysed; of all others only the syntax counts. Never does: parse; it reads imports by pattern and
takes rather too many for relevant than too few.

A file matters when it may import `dbos`, when it imports one that does (directly or not), when one
of these imports it, and when it may define subclasses of what such a file defines, or register
functions with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dbos_build.names.mentions import imports_dbos
from dbos_build.names.symbols import Symbols
from dbos_build.reading.module import Module, Problem
from dbos_build.reading.suppressions import is_mentioned

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:from[ \t\\\n]+(?P<origin>[.\w]+|\.+[ \t]*[\w.]*)[ \t\\\n]+import\b"
    r"[ \t\\\n]*(?P<names>\([^)]*\)|(?:[^\n;\\]|\\\n)*)"
    r"|import[ \t\\\n]+(?P<plain>(?:[^\n;#\\]|\\\n)+))",
    re.MULTILINE,
)
_SUBCLASS = re.compile(r"^[ \t]*class[ \t\\\n]+\w+[ \t\\\n]*(?:\[[^\n]*\])?\(", re.MULTILINE)
_REGISTERING = re.compile(
    r"^(?:[ \t]*@[\w. \t]*(?:\.(?:register|connect|connect_via)|\breceiver|hookimpl)\b"
    r"|[\w.]+\.(?:register|connect)\()",
    re.MULTILINE,
)
_WORDS = ("register", "connect", "receiver", "hookimpl")
_NAME = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What one text tells without its project.

    `imports` are dotted names as written, relative ones with their dots; `problem` says why the
    text has no tree; `extends_others` that it may define subclasses or register functions; without
    `mentions_suppressions` no comment silences anything.
    """

    problem: Problem | None
    imports: tuple[str, ...]
    imports_dbos: bool
    extends_others: bool
    mentions_suppressions: bool


def facts(text: str, problem: Problem | None) -> Facts:
    """The facts of a text; `problem` is what parsing it said."""
    return Facts(
        problem=problem,
        imports=tuple(sorted(set(_imports(text)))),
        imports_dbos=imports_dbos(text),
        extends_others=_SUBCLASS.search(text) is not None or _registers(text),
        mentions_suppressions=is_mentioned(text),
    )


def _registers(text: str) -> bool:
    """Whether a text may hand functions to others at its top."""
    return any(word in text for word in _WORDS) and _REGISTERING.search(text) is not None


def relevant(modules: Iterable[tuple[Module, Facts]]) -> frozenset[str]:
    """The paths of the modules, given without their trees, that have to be analysed."""
    known = list(modules)
    return connected(known, (module.path for module, each in known if each.imports_dbos))


def connected(modules: Iterable[tuple[Module, Facts]], paths: Iterable[str]) -> frozenset[str]:
    """The paths of the modules that can matter to some files, or to whoever imports these."""
    known = list(modules)
    symbols = Symbols(module for module, _ in known)
    imported = {module.path: _targets(module, each, symbols) for module, each in known}
    importers: dict[str, list[str]] = {}
    for path, targets in imported.items():
        for target in targets:
            importers.setdefault(target, []).append(path)
    chosen = _closure(paths, importers)
    chosen = _closure(chosen, imported)
    reaching_out = {module.path for module, each in known if each.extends_others}
    while True:
        extending = {
            path
            for target in chosen
            for path in importers.get(target, ())
            if path in reaching_out and path not in chosen
        }
        if not extending:
            return frozenset(chosen)
        chosen = _closure(chosen | extending, imported)


def _closure(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything that can be reached over some edges."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for path in edges.get(waiting.pop(), ()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found


def _targets(module: Module, found: Facts, symbols: Symbols) -> set[str]:
    """The paths of the project's modules that a module may import, packages on the way included."""
    targets = set()
    for name in found.imports:
        whole = _absolute(name, module)
        while whole:
            target = symbols.find(whole, module)
            if target is not None:
                targets.add(target.path)
            whole = whole.rpartition(".")[0]
    return targets


def _absolute(name: str, module: Module) -> str:
    """A name as written in an import, without leading dots."""
    plain = name.lstrip(".")
    level = len(name) - len(plain)
    if not level:
        return plain
    parts = module.name.split(".")
    up = level - 1 if module.is_package else level
    parts = parts[: max(len(parts) - up, 0)]
    return ".".join([*parts, plain] if plain else parts)


def _imports(text: str) -> Iterator[str]:
    """Every dotted name that a text seems to import; more names than that do no harm."""
    for match in _IMPORT.finditer(text):
        origin, names, plain = match.group("origin", "names", "plain")
        if origin is None:
            for part in plain.split(","):
                words = part.replace("\\\n", " ").split()
                if words and words[0].replace(".", "").isidentifier():
                    yield words[0]
            continue
        origin = origin.replace(" ", "").replace("\t", "")
        yield origin
        joint = "" if origin.endswith(".") else "."
        for name in _NAME.findall(names):
            yield f"{origin}{joint}{name}"
