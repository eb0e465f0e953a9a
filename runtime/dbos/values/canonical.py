"""The canonical text of Python source, and the digest of a module.

In: source text or a syntax tree. Out: a text that two sources share exactly when they mean the
same: comments, formatting, docstrings and line endings do not appear in it, nor does the Python
that parsed it. Never recurses, so depth cannot break it.
"""

from __future__ import annotations

import ast
import hashlib
from typing import Any

_SKIPPED = frozenset(("ctx", "kind", "type_comment", "type_ignores"))
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class _Text:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def parsed(source: str | bytes) -> ast.Module:
    """The tree of a module. Raises ``SyntaxError``.

    CPython 3.11 gives up a parse with a ``SystemError`` when an object whose finalizer parses too
    (as formatting a traceback does) is collected in the middle of it. Collected once, it is gone.
    """
    for _ in range(4):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)


def module_digest(source: str | bytes) -> str:
    """The digest of a module's meaning: ``m1-`` and 32 hex digits. Raises ``SyntaxError``."""
    data = text(parsed(source)).encode("utf-8", "surrogatepass")
    return "m1-" + hashlib.blake2b(data, digest_size=16).hexdigest()


def text(tree: ast.AST) -> str:
    """The canonical text of a tree."""
    parts: list[str] = []
    stack: list[Any] = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, _Text):
            parts.append(item.text)
        elif isinstance(item, ast.AST):
            stack.extend(reversed(_node(item)))
        elif isinstance(item, list):
            stack.extend(reversed(_list(item)))
        else:
            parts.append(f"{type(item).__name__}:{item!r}")
    return "".join(parts)


def _node(node: ast.AST) -> list[Any]:
    pieces: list[Any] = [_Text("(" + type(node).__name__)]
    for name in sorted(node._fields):
        if name in _SKIPPED:
            continue
        value = getattr(node, name, None)
        if name == "body" and isinstance(node, _DOCUMENTED):
            value = _without_docstring(value)
        if value is None or value == []:
            continue
        pieces.append(_Text(f" {name}="))
        pieces.append(value)
    pieces.append(_Text(")"))
    return pieces


def _list(items: list[Any]) -> list[Any]:
    pieces: list[Any] = [_Text("[")]
    for place, item in enumerate(items):
        if place:
            pieces.append(_Text(","))
        pieces.append(item)
    pieces.append(_Text("]"))
    return pieces


def _without_docstring(body: Any) -> Any:
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return body[1:]
    return body
