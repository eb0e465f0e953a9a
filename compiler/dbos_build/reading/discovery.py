"""Finding Python files below a folder, without opening any.

In: a folder. Out: its Python files in a fixed order, and what could not be followed, as `Found`.
Never: opens a file, follows a symbolic link out of the tree or around a loop, depends on the order
in which the file system lists names.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})
"""Folders that never hold the user's own modules."""
SKIPPED_UNLESS_PACKAGE = frozenset({"build", "dist"})
"""Output folders of build tools, unless they are packages of the user."""
SUFFIX = ".py"


@dataclass(frozen=True, slots=True)
class Found:
    """A Python file by its absolute path, or something in its place that cannot be read.

    `target` is the real path of a file that a symbolic link in the tree leads to, else empty.
    """

    path: str
    problem: str | None = None
    target: str = ""


def walk(folder: str, skip: Callable[[str], bool], boundary: str) -> Iterator[Found]:
    """Yield every Python file below `folder`, sorted by path, folders after their files.

    `skip` is asked with absolute paths; `boundary` is the real path that links may not leave.
    """
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as listing:
                entries = sorted(listing, key=_name)
        except OSError as failure:
            yield Found(current, f"cannot be listed: {reason(failure)}")
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries) and current != folder:
            continue
        folders: list[str] = []
        for entry in entries:
            if skip(entry.path):
                continue
            if _is_real_folder(entry):
                if not _is_skipped(entry):
                    folders.append(entry.path)
            elif entry.name.endswith(SUFFIX) or entry.is_symlink():
                yield from _judge(entry, boundary)
        pending.extend(reversed(folders))


def examine(path: str, boundary: str | None = None) -> Found:
    """Say whether one path, named by the user or found in a folder, can be opened as a file."""
    try:
        mode = os.stat(path).st_mode
    except OSError as failure:
        return Found(path, f"cannot be read: {reason(failure)}")
    except ValueError:
        return Found(path, "cannot be read: its name has a NUL character")
    if not stat.S_ISREG(mode):
        return Found(path, f"is {_kind(mode)}, not a regular file")
    if boundary is not None and not _within(os.path.realpath(path), boundary):
        return Found(path, "is a symbolic link to a file outside the project")
    return Found(path)


def reason(failure: OSError) -> str:
    """The operating system's words for a failure, without the path."""
    return failure.strerror or type(failure).__name__


def _judge(entry: os.DirEntry[str], boundary: str) -> Iterator[Found]:
    """What one directory entry contributes: a file, a problem, or nothing."""
    if not entry.is_symlink():
        if entry.is_file(follow_symlinks=False):
            yield Found(entry.path)
        else:
            yield examine(entry.path)
        return
    if entry.name.endswith(SUFFIX):
        found = examine(entry.path, boundary)
        if found.problem is None:
            yield Found(entry.path, target=os.path.realpath(entry.path))
        elif not os.path.isdir(entry.path):
            yield found
        return
    outside = not _within(os.path.realpath(entry.path), boundary)
    if outside and os.path.lexists(os.path.join(entry.path, "__init__.py")):
        yield Found(entry.path, "is a symbolic link to a package outside the project")


def _is_real_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name.startswith(".") or name in SKIPPED:
        return True
    if name in SKIPPED_UNLESS_PACKAGE:
        return not os.path.lexists(os.path.join(entry.path, "__init__.py"))
    return False


def _within(path: str, boundary: str) -> bool:
    return path == boundary or path.startswith(boundary.rstrip(os.sep) + os.sep)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _kind(mode: int) -> str:
    names = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for test, name in names if test(mode)), "a special file")
