"""Packages: how far up from a file the folders are one package with it.

In: a folder. Out: the topmost folder of its package, and a note where that is far more than was
asked for. Never: opens a file; goes above the top of a project, or through a folder that no import
can name: an `__init__.py` left there makes no package.
"""

from __future__ import annotations

import os

FAR_FILES = 500
"""From so many files on that nobody asked for, the user is told which file makes them matter."""
_TOPS = (".git", ".hg", ".svn", "pyproject.toml", "setup.cfg", "setup.py")
"""What stands in the top folder of a project, and in none of its packages."""


def package_root(folder: str) -> str | None:
    """The topmost package folder around a folder (itself included), or None outside packages."""
    top: str | None = None
    while _is_package(folder):
        top = folder
        if any(os.path.lexists(os.path.join(folder, name)) for name in _TOPS):
            break
        folder = os.path.dirname(folder)
    return top


def _is_package(folder: str) -> bool:
    """Whether a folder can be imported as a package."""
    named = os.path.basename(folder).isidentifier()
    return named and os.path.lexists(os.path.join(folder, "__init__.py"))


def note(asked: str, top: str | None, beside: int) -> str:
    """One line for the user when far more was read than `asked`; empty when it was not.

    `top` is the package around it, `beside` how many files were read that nobody asked for.
    """
    if top is None or top == asked or beside < FAR_FILES:
        return ""
    return (
        f"{beside} more files were read, because {os.path.join(top, '__init__.py')} makes a"
        f" package of everything below it; delete it if nothing imports `{os.path.basename(top)}`"
    )
