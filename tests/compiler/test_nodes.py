"""The index of a tree says what walking it says, for every tree and whoever asks first."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dbos_build import nodes

MARKS = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
NESTED = '''
import os
@decorated(lambda: 1)
def outer(a: int = (b := 2), *args: str, key=lambda y=1: y, **rest) -> list[int]:
    """What it is."""
    @inner_decorator
    def inner(c=a):
        return [x for x in c if (z := x)]
    class Held(Base, metaclass=Meta):
        field: int = 3
        def method(self):
            yield self.field
    try:
        with open("x") as f, f.lock:
            match a:
                case {"k": v, **more} if v:
                    return lambda q: q + 1
                case [first, *others]:
                    global shared
    except* ValueError as error:
        del a
    else:
        async def later():
            async for _ in a:
                await b
    return f"{a!r:>{b}}"
'''
FILES = [Path(ast.__file__), Path(nodes.__file__), Path(pytest.__file__)]


@pytest.fixture(params=["nested", *FILES], ids=str)
def tree(request: pytest.FixtureRequest) -> ast.Module:
    text = NESTED if request.param == "nested" else request.param.read_text("utf-8")
    return ast.parse(text)


def scopes(tree: ast.Module) -> list[ast.AST]:
    return [tree, *(node for node in ast.walk(tree) if isinstance(node, nodes.SCOPES))]


def own_by_hand(root: ast.AST) -> list[ast.AST]:
    """The nodes of a body, found by another way: down from each statement, scopes not entered."""
    body = getattr(root, "body", [])
    waiting = list(body) if isinstance(body, list) else [body]
    found = []
    while waiting:
        node = waiting.pop()
        if not isinstance(node, MARKS):
            found.append(node)
        if not isinstance(node, nodes.SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def test_every_node_is_found_once(tree: ast.Module) -> None:
    for root in (*scopes(tree), *ast.iter_child_nodes(tree)):
        expected = {node for node in ast.walk(root) if not isinstance(node, MARKS)}
        found = nodes.walk(root)
        assert found[0] is root
        assert len(found) == len(expected)
        assert set(found) == expected


def test_a_body_is_what_runs_with_it(tree: ast.Module) -> None:
    for root in scopes(tree):
        expected = own_by_hand(root)
        assert set(nodes.own_body(root)) == set(expected)
        assert len(nodes.own_body(root)) == len(expected)


@pytest.mark.parametrize("first", [True, False])
def test_types_choose_among_the_same_nodes(tree: ast.Module, first: bool) -> None:
    for root in scopes(tree):
        if first:
            nodes.walk(root)
        for types in ((ast.Name,), (ast.Call, ast.Attribute), (ast.stmt,), (ast.Slice,)):
            expected = [node for node in nodes.walk(root) if isinstance(node, types)]
            assert nodes.every(root, *types) == expected
            own = [node for node in nodes.own_body(root) if isinstance(node, types)]
            assert nodes.own(root, *types) == own


def test_statements_come_in_the_order_of_the_source(tree: ast.Module) -> None:
    for root in scopes(tree):
        lines = [node.lineno for node in nodes.own(root, ast.stmt)]
        assert lines == sorted(lines)


def test_parents_hold_their_children(tree: ast.Module) -> None:
    parents = nodes.parents_of(tree)
    for node in nodes.walk(tree)[1:]:
        assert node in nodes.children(parents[node])


def test_blocks_are_all_lists_of_statements(tree: ast.Module) -> None:
    expected = {
        id(value)
        for node in ast.walk(tree)
        for _, value in ast.iter_fields(node)
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt)
    }
    found = [id(body) for _, body in nodes.blocks_below(tree)]
    assert sorted(found) == sorted(expected)


def test_called_names_are_the_last_ones() -> None:
    tree = ast.parse("a.b.c(d())\nx[0]()\n(lambda: f)()\n")
    assert nodes.called_names(tree) == {"c", "d", ""}


def test_what_was_found_goes_with_its_tree() -> None:
    """Nothing but the tree itself holds the index."""
    import gc
    import weakref

    tree = ast.parse(NESTED)
    for root in scopes(tree):
        nodes.parents_of(root)
    last = weakref.ref(tree.body[-1])
    del tree, root
    gc.collect()
    assert last() is None
