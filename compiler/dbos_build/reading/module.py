"""One source file, parsed.

In: a `Source`. Out: a `Module` with its tree, or with the `Problem` that says why it has none, and
the suppression comments of the text. Never does: raise on any input, read a file, run code.
"""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import dataclass

from dbos_build.parsing import parse_module
from dbos_build.reading.newer_syntax import recognise
from dbos_build.reading.sources import Source
from dbos_build.reading.suppressions import Suppression, collect

LINES_MAX = 200_000
CHARACTERS_MAX = 8_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be analysed: a rule code, a message, and where (counting from 1)."""

    code: str
    message: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A parsed file. `tree` is None when `problem` is set, and in a `bare` module.

    `aliases` are further names under which it may be imported: symbolic links lead to the file.
    """

    name: str
    path: str
    is_package: bool
    text: str
    tree: ast.Module | None
    problem: Problem | None
    suppressions: tuple[Suppression, ...]
    aliases: tuple[str, ...] = ()


def parse(source: Source) -> Module:
    """Parse one source; a text that is missing or wrong becomes the module's `problem`."""
    if source.text is None:
        return bare(source, Problem("DBS991", source.problem or "the file cannot be read"))
    text = source.text
    if is_too_large(text):
        message = f"the file is too large to analyse (more than {LINES_MAX} lines)"
        return bare(source, Problem("DBS991", message))
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        return bare(source, Problem("DBS990", "the file contains a NUL byte", line))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_module(text)
    except SyntaxError as error:
        return bare(source, _syntax_problem(error, text))
    except (RecursionError, MemoryError):
        return bare(source, Problem("DBS991", "the code is nested too deeply to analyse"))
    except ValueError as error:
        return bare(source, Problem("DBS990", f"invalid source: {error}"))
    return Module(
        name=source.module,
        path=source.path,
        is_package=source.is_package,
        text=text,
        tree=tree,
        problem=None,
        suppressions=collect(text),
        aliases=source.aliases,
    )


def is_too_large(text: str) -> bool:
    """Whether a text is larger than any that is analysed."""
    return len(text) > CHARACTERS_MAX or text.count("\n") > LINES_MAX


def bare(source: Source, problem: Problem | None, *, has_comments: bool = True) -> Module:
    """A module whose tree nobody will ask for; `problem` is what parsing it said before.

    `has_comments` is False when it is known that no comment in it silences anything.
    """
    return Module(
        name=source.module,
        path=source.path,
        is_package=source.is_package,
        text=source.text or "",
        tree=None,
        problem=problem,
        suppressions=collect(source.text or "") if has_comments and problem is None else (),
        aliases=source.aliases,
    )


def _syntax_problem(error: SyntaxError, text: str) -> Problem:
    """Turn a syntax error into a problem that names the interpreter that refused the text.

    When the text is of a newer Python, it also names the interpreter that is needed.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    reason = error.msg or "invalid syntax"
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    lines = text.split("\n")
    newer = recognise(lines[line - 1] if line <= len(lines) else "", column, reason)
    if newer is None:
        return Problem("DBS990", f"syntax error: {reason} (read as Python {version})", line, column)
    needed = ".".join(map(str, newer.version))
    message = (
        f"syntax error: {newer.construct} needs Python {needed}, and this is {version}; run "
        f"dbos-build under Python {needed} or newer"
    )
    return Problem("DBS990", message, line, column)
