"""Where the modules of a program are, and where its registry goes.

In: the relative paths of its modules. Out: the folders to check, and the registry's path. Never:
touches the file system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbos_build.settings.config import REGISTRY_NAME


@dataclass(frozen=True, slots=True)
class Layout:
    """`sources` and `registry` of the configuration; no sources stand for the whole project."""

    sources: tuple[str, ...]
    registry: str


def layout(modules: Sequence[str], durable: Sequence[str]) -> Layout:
    """The layout of a program: in its packages, where it is nothing but packages.

    The registry goes into the package of the workflows, so that it is installed with them.
    """
    inits = {path.rpartition("/")[0] for path in modules if path.endswith("__init__.py")}
    homes = {path: _home(path, inits) for path in modules}
    packages = sorted({home for home in homes.values() if home is not None})
    is_loose = None in homes.values()
    owners = {homes[path] for path in durable or modules}
    registry = REGISTRY_NAME
    if len(owners) == 1 and (owner := next(iter(owners))) is not None:
        registry = f"{owner}/{REGISTRY_NAME}"
    elif packages and not is_loose and all(each.startswith("src/") for each in packages):
        registry = f"src/{REGISTRY_NAME}"
    return Layout(() if is_loose else tuple(packages), registry)


def _home(path: str, inits: set[str]) -> str | None:
    """The topmost package that holds a module; None for a module outside of packages."""
    folder = path.rpartition("/")[0]
    found = None
    while folder in inits and folder:
        found = folder
        folder = folder.rpartition("/")[0]
    return found
