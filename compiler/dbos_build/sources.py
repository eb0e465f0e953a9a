"""Reading user files: the only module of the compiler that does.

In: paths. Out: a `Project`, an immutable snapshot of every Python file below them, each with its
module name and its decoded text, or the reason why it has none.
Never: parses, imports or executes what it reads; never opens anything but regular files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: `path` is posix and relative to the project root."""

    module: str
    path: str
    text: str | None
    is_package: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """All Python files of one run, sorted by path."""

    root: Path
    sources: tuple[Source, ...]
