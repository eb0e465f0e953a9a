"""Places of a program at which an edit can be made, one of them chosen at random.

In: the tree of a program and a source of chance. Out: blocks, statements and expressions of the
workflow and its helpers, now and then of the classes and functions beside them.
Never: chooses a declaration of a step.
"""

from __future__ import annotations

import ast
from random import Random

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FIXED = frozenset({"Refused", "Late", "child"})
Block = list[ast.stmt]
Place = tuple[ast.AST, str, int, ast.AST]
"""A node and where it hangs: what holds it, by which field, and at which place there."""


def functions(tree: ast.Module, chance: Random) -> list[Function]:
    """The functions that may be edited; those of the workflow's own part are likelier."""
    own: list[Function] = []
    head: list[Function] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name == "main" or node.name.startswith("help"):
                own.append(node)
            elif not any("DBOS" in ast.unparse(each) for each in node.decorator_list):
                head.append(node)
        elif isinstance(node, ast.ClassDef) and node.name not in _FIXED:
            head += [each for each in node.body if isinstance(each, ast.FunctionDef)]
    return head if chance.random() < 0.1 else own


def blocks(tree: ast.Module, chance: Random) -> list[Block]:
    """The lists of statements of one kind of functions; the beginnings of `main` are left out."""
    return [
        block
        for function in functions(tree, chance)
        for node in ast.walk(function)
        for _, block in ast.iter_fields(node)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt)
    ]


def pick(tree: ast.Module, chance: Random) -> tuple[Block, int] | None:
    """A statement, by its block and its place."""
    places = [(block, place) for block in blocks(tree, chance) for place in range(len(block))]
    return chance.choice(places) if places else None


def expressions(tree: ast.Module, chance: Random, kind: type | tuple[type, ...]) -> list[Place]:
    """The nodes of some classes, each with where it hangs: the node, the field, the place."""
    found: list[Place] = []
    for function in functions(tree, chance):
        for node in ast.walk(function):
            for field, value in ast.iter_fields(node):
                if field in ("decorator_list", "annotation", "returns"):
                    continue
                values = value if isinstance(value, list) else [value]
                for place, each in enumerate(values):
                    if isinstance(each, kind) and isinstance(each, ast.AST):
                        found.append((node, field, place, each))
    return found


def put(where: Place, new: ast.AST) -> bool:
    """Put another node where one hangs."""
    holder, field, place, _ = where
    value = getattr(holder, field)
    if isinstance(value, list):
        value[place] = new
    else:
        setattr(holder, field, new)
    return True


def one(tree: ast.Module, chance: Random, *kinds: type) -> Place | None:
    """A node of some classes."""
    found = expressions(tree, chance, kinds)
    return chance.choice(found) if found else None
