"""Edits that cannot matter to any replay: versions and flows must not see them.

In: the text of a program. Out: other texts of the same meaning: comments, docstrings, annotations,
formatting, names of local variables, bodies of steps, the order of imports and of definitions, and
code that no workflow reaches.
Never: changes what a workflow asks for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from support.soundness.expression_edits import rename

_STEP = re.compile(r"^(@DBOS\.(?:step|transaction)\(.*\)\n(?:async )?def .*:) \.\.\.$", re.M)


def commented(text: str) -> str:
    """A comment above each statement."""
    return re.sub(r"^( *)(?=[a-z@])", r"\1# why\n\1", text, flags=re.MULTILINE)


def documented(text: str) -> str:
    """Docstrings for all functions."""
    docstring = ast.Expr(ast.Constant("What it does."))
    return _each_function(text, lambda node: node.body.insert(0, docstring))


def annotated(text: str) -> str:
    """Types of results, where none were."""

    def annotate(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.name.startswith("help"):
            node.returns = ast.Name("object", ast.Load())

    return _each_function(text, annotate)


def stepped(text: str) -> str:
    """Other bodies for all steps."""
    return _STEP.sub(r"\1\n    print('stored')\n    return 5", text)


def renamed(text: str) -> str:
    """Other names for some local variables of the workflow."""
    tree = ast.parse(text)
    for name in ("n2", "l1", "d1", "s0", "o0"):
        rename(tree, name)
    return ast.unparse(tree)


def reordered(text: str) -> str:
    """Imports and helpers the other way round."""
    tree = ast.parse(text)
    moved = [each for each in tree.body if _is_helper(each)]
    imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    others = [each for each in tree.body if each not in moved and each not in imports]
    tree.body = [*reversed(imports), *others[:-1], *reversed(moved), others[-1]]
    return ast.unparse(tree)


def accompanied(text: str) -> str:
    """Code that no workflow reaches."""
    return text + "\n\ndef unused(n9):\n    return count(n9)\n"


def reformatted(text: str) -> str:
    """The text as Python prints it: no comments, other quotes and blank lines."""
    return ast.unparse(ast.parse(text))


IDLE: Sequence[Callable[[str], str]] = (
    *(commented, documented, annotated, stepped, renamed, reordered, accompanied, reformatted),
)


def _is_helper(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("help")


def _each_function(
    text: str, change: Callable[[ast.FunctionDef | ast.AsyncFunctionDef], object]
) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            change(node)
    return ast.unparse(ast.fix_missing_locations(tree))
