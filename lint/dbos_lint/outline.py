"""The durable functions of a file, for lenses above them and for the outline.

In: a result and a file of it. Out: entries, in the order of the text. Never does: analysis.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.flow.graph import OPERATIONS
from dbos_build.names.symbols import Function
from dbos_build.reading.columns import character_column
from dbos_lint import hovers
from dbos_lint.positions import lines_of
from dbos_lint.project import Result


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a function stands, its decorators included, and its name: that of the text.

    Lines and columns count from 1, in characters; `line` is that of the name.
    """

    name: str
    line: int
    name_column: int
    first_line: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A durable function and where it stands.

    `operations` are the texts of a workflow's durable operations with their places in this file.
    """

    declaration: Declaration
    extent: Extent
    operations: tuple[tuple[str, int, int], ...] = ()


def entries(result: Result, path: str) -> tuple[Entry, ...]:
    """The durable functions of a file that have a `def`; none while it does not parse."""
    if path in result.broken:
        return ()
    lines = lines_of(result.texts[path])
    found = [
        _entry(result.program, declaration, lines)
        for declaration in hovers.durable(result.program)
        if declaration.path == path
        and isinstance(declaration.node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    unique = {(each.declaration.line, each.declaration.kind): each for each in found}
    return tuple(sorted(unique.values(), key=lambda each: each.extent.first_line))


def lens(program: Program, entry: Entry) -> str | None:
    """What stands above a workflow: its version and how many durable operations it has."""
    if entry.declaration.kind != "workflow":
        return None
    version = hovers.version_of(program, entry.declaration)
    if version is None:
        return None
    drawn = flow.build(program, entry.declaration)
    count = sum(node.kind in OPERATIONS for node in drawn.nodes)
    noun = "durable operation" if count == 1 else "durable operations"
    is_open = any(node.kind == "opaque" for node in drawn.nodes)
    told = f"at least {count}" if is_open else str(count or "no")
    return f"{version.version[:10]} · {told} {noun}"


def extent(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Extent:
    """Where a function stands in the lines of its file."""
    last = node.end_lineno or node.lineno
    text = lines[node.lineno - 1]
    start = character_column(text, node.col_offset + 1) - 1
    return Extent(
        name=node.name,
        line=node.lineno,
        name_column=text.find(node.name, text.find("def", start) + 3) + 1,
        first_line=min([node.lineno, *(each.lineno for each in node.decorator_list)]),
        end_line=last,
        end_column=character_column(lines[last - 1], (node.end_col_offset or 0) + 1),
    )


def _entry(program: Program, declaration: Declaration, lines: list[str]) -> Entry:
    node = declaration.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return Entry(declaration, extent(node, lines), _operations(program, declaration, lines))


def _operations(
    program: Program, declaration: Declaration, lines: list[str]
) -> tuple[tuple[str, int, int], ...]:
    """The durable operations of a workflow that are written in its own file."""
    if declaration.kind != "workflow" or not isinstance(declaration.entity, Function):
        return ()
    if declaration.entity not in program.reaches:
        return ()
    places = flow.places(program, declaration)
    named = {
        places[node.number]: f"{node.kind} {node.name}".strip()
        for node in flow.build(program, declaration).nodes
        if node.kind in OPERATIONS and node.number in places
    }
    return tuple(
        (name, line, character_column(lines[line - 1], column))
        for (path, line, column), name in sorted(named.items())
        if path == declaration.path
    )
