"""Reducing: a pair of programs that contradicts a claim, made as small as it goes.

In: two programs, and what tells whether a pair still shows the fault. Out: a smaller pair. The same
piece is taken out of both programs at once, so that the edit between them stays.
Never: makes a pair that does not show the fault.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

Shows = Callable[[str, str], bool]
"""Whether going from one program to another shows the fault."""
_TRIES = 4000
_LOAD = ast.Load()


def reduced(old: str, new: str, shows: Shows) -> tuple[str, str]:
    """The smallest pair found."""
    tries, is_smaller = 0, True
    while is_smaller and tries < _TRIES:
        is_smaller = False
        for piece, others in _pieces(old, new):
            for other in others:
                tries += 1
                pair = _without(old, piece, other), _without(new, piece, other)
                if pair != (old, new) and len("".join(pair)) < len(old + new) and shows(*pair):
                    old, new = pair
                    is_smaller = True
                    break
    return old, new


def _pieces(old: str, new: str) -> Iterator[tuple[str, list[str]]]:
    """Pieces of both programs, the largest first, with what may take the place of each."""
    found: dict[str, list[str]] = {}
    for text in (old, new):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.stmt):
                found.setdefault(ast.unparse(node), _smaller_statements(node))
                if isinstance(node, ast.If | ast.Try | ast.For | ast.While):
                    found[_head(node)] = ["else", "finally", "handlers"]
            elif isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
                inner = [ast.unparse(e) for e in ast.walk(node) if isinstance(e, ast.expr)]
                found.setdefault(ast.unparse(node), ["1", "[]", *dict.fromkeys(inner)])
    yield from sorted(found.items(), key=lambda pair: -len(pair[0]))


def _head(node: ast.stmt) -> str:
    return "# " + ast.unparse(node)


def _smaller_statements(node: ast.stmt) -> list[str]:
    inner = ["\n".join(map(ast.unparse, getattr(node, "body", ())))]
    return ["", *inner] if inner[0] and not isinstance(node, ast.FunctionDef) else [""]


def _without(text: str, piece: str, other: str) -> str:
    tree = ast.parse(text)
    _Exchange(piece, other).visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree))


class _Exchange(ast.NodeTransformer):
    """Puts something else in the place of a piece, wherever it stands."""

    def __init__(self, piece: str, other: str) -> None:
        self.piece, self.other = piece, other

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.stmt):
            if self.piece.startswith("# ") and _head(node) == self.piece:
                self._lighten(node)
            elif ast.unparse(node) == self.piece:
                return ast.parse(self.other).body
        elif self._is_piece(node):
            return ast.parse(self.other, mode="eval").body
        self.generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and not isinstance(node, ast.Module):
            kept = [each for each in body if not isinstance(each, ast.Pass)]
            body[:] = kept or [ast.Pass()]
        return node

    def _is_piece(self, node: ast.AST) -> bool:
        is_read = isinstance(getattr(node, "ctx", _LOAD), ast.Load)
        return isinstance(node, ast.expr) and is_read and ast.unparse(node) == self.piece

    def _lighten(self, node: ast.stmt) -> None:
        if self.other == "else" and hasattr(node, "orelse"):
            node.orelse = []
        elif self.other == "finally" and isinstance(node, ast.Try) and node.handlers:
            node.finalbody = []
        elif self.other == "handlers" and isinstance(node, ast.Try) and node.finalbody:
            node.handlers, node.orelse = [], []
