"""Questions about syntax that several rules ask: what holds a node, what can follow what.

In: syntax trees. Out: nodes and their parents (from `nodes`), enclosing loops, and whether two
places can both be run. Never does: evaluate.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from dbos_build.nodes import (
    FUNCTIONS,
    SCOPES,
    Parents,
    blocks_below,
    children,
    every,
    own,
    own_body,
    own_nodes,
    parents_of,
    walk,
)

LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def ancestors(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """What holds a node, innermost first."""
    current = parents.get(node)
    while current is not None:
        yield current
        current = parents.get(current)


def leaves(body: list[ast.stmt]) -> bool:
    """Whether control cannot fall off the end of a block."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, _LEAVING):
        return True
    if isinstance(last, ast.If):
        return leaves(last.body) and leaves(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return leaves(last.body)
    if isinstance(last, ast.Try):
        return leaves(last.body) and all(leaves(handler.body) for handler in last.handlers)
    return False


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statement lists directly in a node."""
    for field in ("body", "orelse", "finalbody"):
        held = getattr(node, field, None)
        if isinstance(held, list) and held and isinstance(held[0], ast.stmt):
            yield held


def exclude_each_other(first: ast.AST, second: ast.AST, parents: Parents) -> bool:
    """Whether a run that comes to the first of two places surely never comes to the second."""
    above = [first, *ancestors(first, parents)]
    below = [second, *ancestors(second, parents)]
    shared = next((node for node in above if node in below), None)
    if shared is None or shared in (first, second):
        return False
    one, other = above[above.index(shared) - 1], below[below.index(shared) - 1]
    if isinstance(shared, ast.If):
        return (one in shared.body and other in shared.orelse) or (
            one in shared.orelse and other in shared.body
        )
    if isinstance(shared, ast.IfExp):
        return shared.test not in (one, other)
    if isinstance(shared, ast.Match):
        return isinstance(one, ast.match_case) and isinstance(other, ast.match_case)
    if isinstance(shared, ast.Try) and isinstance(one, ast.ExceptHandler):
        return isinstance(other, ast.ExceptHandler)
    return _leaves_before(above[: above.index(shared)])


def _leaves_before(chain: list[ast.AST]) -> bool:
    """Whether some block around a place leaves the function before what follows it is run."""
    for inner, outer in pairwise(chain):
        if isinstance(outer, ast.If | ast.match_case | ast.ExceptHandler):
            for block in blocks(outer):
                if inner in block and leaves(block):
                    return True
    return False


__all__ = [
    "FUNCTIONS",
    "LOOPS",
    "SCOPES",
    "Parents",
    "ancestors",
    "blocks",
    "blocks_below",
    "children",
    "every",
    "exclude_each_other",
    "leaves",
    "own",
    "own_body",
    "own_nodes",
    "parents_of",
    "walk",
]
