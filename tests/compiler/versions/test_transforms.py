"""Stability of versions: rewriting that keeps the meaning changes none of hundreds of workflows.

Every function at the top level of some modules of the standard library is made a workflow; the
modules are then rewritten in a dozen ways that programmers and their tools rewrite code.
"""

from __future__ import annotations

import ast
import io
import os
import subprocess
import symtable
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import black
import isort
import pytest

from dbos_build import versions
from dbos_build.analysis import program
from dbos_build.reading import sources
from dbos_build.settings.config import Settings
from support.programs import workflow_versions

MODULES = (
    "base64",
    "calendar",
    "functools",
    "gettext",
    "glob",
    "heapq",
    "operator",
    "posixpath",
    "stat",
    "statistics",
    "tokenize",
    "uuid",
)
LIBRARY = Path(os.__file__).parent
Transform = Callable[[str], str]


def as_workflows(text: str) -> str:
    """A module whose functions are all workflows, otherwise as it was written.

    Of two functions with one name, the first is one.
    """
    tree = ast.parse(text)
    lines = text.splitlines()
    start = next(
        index
        for index, node in enumerate(tree.body)
        if not is_docstring(node) and not is_future_import(node)
    )
    chosen: dict[str, ast.FunctionDef] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            chosen.setdefault(node.name, node)
    inserted = {first_line(node): "@DBOS.workflow()" for node in chosen.values()}
    inserted[first_line(tree.body[start])] = "\n".join(
        ["from dbos import DBOS", *filter(None, [inserted.get(first_line(tree.body[start]))])]
    )
    for line in sorted(inserted, reverse=True):
        lines.insert(line - 1, inserted[line])
    return "\n".join(lines) + "\n"


def first_line(node: ast.stmt) -> int:
    """The line on which a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is only a text."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_future_import(node: ast.stmt) -> bool:
    """Whether a statement must come first."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def ruff(*arguments: str) -> Transform:
    """What ruff makes of a text."""

    def transform(text: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--isolated", "--quiet", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.stdout

    return transform


def blackened(**mode: Any) -> Transform:
    """What black makes of a text."""
    return lambda text: black.format_str(text, mode=black.Mode(**mode))


class Strip(ast.NodeTransformer):
    """Removes all docstrings, or the annotations of functions."""

    def __init__(self, *, docstrings: bool = False, annotations: bool = False) -> None:
        self.docstrings, self.annotations = docstrings, annotations

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """A module without what is to go."""
        return self._stripped(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """A class without what is to go."""
        return self._stripped(node)

    def _stripped(self, node: ast.Module | ast.ClassDef | ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if self.docstrings and is_docstring(node.body[0]):
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function without what is to go."""
        self._stripped(node)
        if self.annotations:
            node.returns = None
            given = node.args
            for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                each.annotation = None
        return node


def stripped(**options: bool) -> Transform:
    """A text without docstrings or annotations."""
    return lambda text: ast.unparse(Strip(**options).visit(ast.parse(text)))


def annotated(text: str) -> str:
    """Every parameter and every plain local with an annotation."""
    tree = ast.parse(text)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for each in function.args.args:
            each.annotation = ast.Constant("object")
        declared = {
            name for node in ast.walk(function)
            if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
        }  # fmt: skip
        for index, node in enumerate(function.body):
            match node:
                case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                    if name not in declared:
                        function.body[index] = ast.AnnAssign(
                            target=target, annotation=ast.Constant("object"), value=value, simple=1
                        )
    return ast.unparse(ast.fix_missing_locations(tree))


def renamed(text: str) -> str:
    """Locals of functions without inner functions under other names."""
    tree = ast.parse(text)
    tables: dict[tuple[str, int], symtable.SymbolTable] = {}
    pending = [symtable.symtable(text, "m", "exec")]
    while pending:
        scope = pending.pop()
        tables[(scope.get_name(), scope.get_lineno())] = scope
        pending.extend(scope.get_children())
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        first = function.decorator_list[0].lineno if function.decorator_list else function.lineno
        table = tables.get((function.name, function.lineno)) or tables.get((function.name, first))
        if table is None or table.has_children() or reflects(function):
            continue
        chosen = {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_local() and not symbol.is_parameter() and not symbol.is_imported()
        } - spelled(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in chosen:
                node.id = f"renamed_{node.id}"
    return ast.unparse(tree)


def reflects(function: ast.FunctionDef) -> bool:
    """Whether local names are data in a function."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return bool(names & {"locals", "vars", "dir", "eval", "exec"})


def spelled(function: ast.FunctionDef) -> set[str]:
    """Names that a function binds other than by Name nodes."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
    return found


def reordered(text: str) -> str:
    """Neighbouring undecorated functions in the opposite order."""
    tree = ast.parse(text)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    body: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for node in [*tree.body, ast.Pass()]:
        plain = isinstance(node, ast.FunctionDef) and names.count(node.name) == 1
        if plain and len(node.decorator_list) < 2:  # type: ignore[attr-defined]
            run.append(node)
            continue
        body += [*reversed(run), node]
        run = []
    tree.body = body
    return ast.unparse(tree)


def uncommented(text: str) -> str:
    """A text without comments; lines that hold nothing else stay, empty."""
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column].rstrip()
    return "\n".join(lines)


def commented(text: str) -> str:
    """A comment behind every line that ends a statement by itself."""
    ends = {node.end_lineno for node in ast.parse(text).body}
    lines = text.split("\n")
    return "\n".join(
        f"{line}  # {number}" if number in ends and line.strip() else line
        for number, line in enumerate(lines, start=1)
    )


TRANSFORMS: dict[str, Transform] = {
    "formatted": ruff("format"),
    "black": blackened(),
    "black, narrow, quotes as they are": blackened(line_length=40, string_normalization=False),
    "isort": isort.code,
    "isort, one import a line": lambda text: isort.code(text, force_single_line=True),
    "formatted narrowly": ruff("format", "--line-length", "40"),
    "formatted with single quotes": ruff("format", "--config", "format.quote-style='single'"),
    "imports sorted": ruff("check", "--select", "I", "--fix", "--exit-zero"),
    "written anew": lambda text: ast.unparse(ast.parse(text)),
    "docstrings stripped": stripped(docstrings=True),
    "annotations stripped": stripped(annotations=True),
    "annotations added": annotated,
    "locals renamed": renamed,
    "definitions reordered": reordered,
    "comments added": commented,
    "comments stripped": uncommented,
}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "Windows line endings": lambda text: text.replace("\n", "\r\n").encode(),
    "old Macintosh line endings": lambda text: text.replace("\n", "\r").encode(),
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "another encoding": lambda text: f"# coding: latin-1\n{text}".encode("latin-1"),
}


def load(name: str) -> str:
    """A module of the standard library, its functions as workflows."""
    path = LIBRARY / f"{name}.py"
    if not path.exists():
        path = LIBRARY / name / "__init__.py"
    return as_workflows(path.read_text(encoding="utf-8"))


def test_there_are_hundreds_of_workflows() -> None:
    assert sum(len(workflow_versions({f"{name}.py": load(name)})) for name in MODULES) >= 200


@pytest.mark.parametrize("name", MODULES)
def test_no_rewriting_that_keeps_the_meaning_changes_a_version(name: str) -> None:
    text = load(name)
    before = workflow_versions({f"lib_{name}.py": text})
    for label, transform in TRANSFORMS.items():
        after = workflow_versions({f"other/lib_{name}.py": transform(text)})
        assert after.keys() == before.keys(), label
        differing = sorted(each for each in before if after[each] != before[each])
        assert differing == [], label


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bytes_and_folders_of_a_checkout_do_not_matter(encoding: str, tmp_path: Path) -> None:
    text = load("calendar")
    assert text.isascii()
    folder = tmp_path / "an other" / "check-out" / "v2"
    folder.mkdir(parents=True)
    (folder / "lib_calendar.py").write_bytes(ENCODINGS[encoding](text))
    project = sources.read([folder], Settings())
    found = versions.compute(program.analyse(project, Settings())).workflows
    after = {name: each.version for name, each in found.items()}
    assert after == workflow_versions({"lib_calendar.py": text})
