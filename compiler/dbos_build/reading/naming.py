"""The module name of a file: pure text work on paths.

In: paths relative to the project root, and which folders are packages. Out: one dotted name per
file, unique within the project.
Never: looks at the file system; the imports it takes as evidence are found by pattern, not parsed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

_IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import\b|import[ \t]+([^\n#;]+))", re.MULTILINE
)


def imported_names(text: str) -> set[str]:
    """The absolute dotted names that a module's text seems to import, over-approximated."""
    names: set[str] = set()
    lines = "\n".join(line for line in text.split("\n") if "import" in line)
    for origin, plain in _IMPORTS.findall(lines):
        if origin:
            names.add(origin)
        else:
            names.update(part.split()[0] for part in plain.split(",") if part.split())
    return names


def name_modules(
    paths: Sequence[str], packages: Collection[str], imported: Collection[str]
) -> Mapping[str, str]:
    """Return the module name of every path.

    `packages` are the folders that have an `__init__.py`, `imported` the absolute names that the
    project imports: they decide whether a folder without one is a namespace package. Files that
    would share a name are named by their whole path instead.
    """
    first = {path: _one_name(path, packages, imported) for path in paths}
    counts: dict[str, int] = {}
    for name in first.values():
        counts[name] = counts.get(name, 0) + 1
    return {
        path: name if counts[name] == 1 or "/" not in path else _dotted(path)
        for path, name in first.items()
    }


def import_base(path: str, packages: Collection[str]) -> str:
    """The folder that a file's module name is relative to, "" for the root itself."""
    folder = path.rpartition("/")[0]
    while folder and folder in packages:
        folder = folder.rpartition("/")[0]
    return folder


def _one_name(path: str, packages: Collection[str], imported: Collection[str]) -> str:
    base = import_base(path, packages)
    inside = path[len(base) + 1 :] if base else path
    plain = _dotted(inside)
    if not base:
        return plain
    names = [name for name in _longer(base, plain) if _evidenced(name, imported)]
    return names[0] if names else plain


def _longer(base: str, plain: str) -> Iterable[str]:
    """The names that `plain` would have below each enclosing folder, longest first."""
    folders = base.split("/")
    for start in range(len(folders)):
        if all(folder.isidentifier() for folder in folders[start:]):
            yield ".".join((*folders[start:], plain))


def _evidenced(name: str, imported: Collection[str]) -> bool:
    parent = name.rpartition(".")[0]
    return name in imported or parent in imported


def _dotted(path: str) -> str:
    name = path.removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")
