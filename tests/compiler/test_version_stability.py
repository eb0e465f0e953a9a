"""Stability of versions: rewriting that keeps the meaning changes none of hundreds of workflows.

Every function at the top level of some modules of the standard library is made a workflow; the
modules are then rewritten in a dozen ways that programmers and their tools rewrite code.
"""

from __future__ import annotations

import ast
import os
import subprocess
import symtable
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.programs import workflow_versions

MODULES = (
    "ast",
    "calendar",
    "gettext",
    "heapq",
    "inspect",
    "locale",
    "statistics",
    "tokenize",
    "uuid",
)
LIBRARY = Path(os.__file__).parent
Transform = Callable[[str], str]


def as_workflows(text: str) -> str:
    """A module whose functions are all workflows; two of one name become one."""
    tree = ast.parse(text)
    seen: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in seen:
            seen.add(node.name)
            node.decorator_list.insert(0, ast.parse("DBOS.workflow()", mode="eval").body)
    start = next(
        index
        for index, node in enumerate(tree.body)
        if not is_docstring(node) and not is_future_import(node)
    )
    tree.body.insert(start, ast.parse("from dbos import DBOS").body[0])
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


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


class Strip(ast.NodeTransformer):
    """Removes the docstrings or the annotations of functions."""

    def __init__(self, *, docstrings: bool = False, annotations: bool = False) -> None:
        self.docstrings, self.annotations = docstrings, annotations

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function without what is to go."""
        self.generic_visit(node)
        if self.docstrings and is_docstring(node.body[0]):
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
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
    "line endings": lambda text: text.replace("\n", "\r\n").replace("\r\n", "\n"),
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
