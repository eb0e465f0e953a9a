"""The flake8 plugin: the findings of the whole program, each shown with the file it is in.

In: the files that flake8 is given; `-` for a text on standard input. Out: `DBSnnn [name] message`,
the words of `dbos-build check`. Never does: look at one file alone; a helper in another module can
be what is wrong with a workflow. A file that does not parse gets flake8's own E999.

The check is made before flake8 starts its worker processes, which inherit the result. Where
processes are not forked (Windows, macOS) every worker makes it once.
"""

from __future__ import annotations

import ast
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from flake8.exceptions import ExecutionError  # type: ignore[import-untyped]

import dbos_build
from dbos_build.error import BuildError
from dbos_build.findings import Finding
from dbos_build.settings import config
from dbos_lint import files

STDIN = "-"


class Checker:
    """What flake8 makes one of for every file."""

    name: ClassVar[str] = "dbos-build"
    version: ClassVar[str] = dbos_build.__version__
    _files: ClassVar[files.Files] = files.Files()
    _buffer: ClassVar[str | None] = None

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        """flake8 gives the tree, the path as it was typed or found, and the lines."""
        self._path = filename
        self._lines = lines

    @classmethod
    def parse_options(cls, manager: Any, options: Namespace, names: Sequence[str]) -> None:
        """Check the projects of everything that flake8 was told to look at.

        Raises ExecutionError, which flake8 shows as one line, when there is nothing to go by.
        """
        named = [str(name) for name in options.filenames] or ["."]
        cls._files = files.Files()
        cls._buffer = options.stdin_display_name if STDIN in named else None
        try:
            if cls._buffer is not None:
                config.load([Path(cls._buffer)])
            cls._files.look([Path(name) for name in named if name != STDIN])
        except BuildError as failure:
            raise ExecutionError(f"dbos-build: error: {failure}") from failure

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """Line from 1, column from 0, text, and a type that flake8 does not use."""
        for finding in self._findings():
            yield finding.line, finding.column - 1, files.line(finding), type(self)

    def _findings(self) -> tuple[Finding, ...]:
        if self._buffer is not None and self._path == self._buffer:
            return files.in_buffer(Path(self._buffer), "".join(self._lines))
        return self._files.of(Path(self._path))
