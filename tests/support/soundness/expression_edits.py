"""Edits of expressions: each changes a tree in place, and says whether there was one to change.

In: the tree of a program and a source of chance. Out: other constants, names, operators, arguments,
copies instead of objects, and names of variables.
Never: cares whether the meaning stays; the programs are run.
"""

from __future__ import annotations

import ast
import copy
from random import Random

from support.soundness.grammar import NAMES
from support.soundness.places import expressions, functions, one, put


def constants(tree: ast.Module, chance: Random) -> bool:
    where = one(tree, chance, ast.Constant)
    if where is None:
        return False
    old = where[3]
    assert isinstance(old, ast.Constant)
    if isinstance(where[0], ast.JoinedStr) or isinstance(old.value, bool) or old.value is None:
        return False
    if isinstance(old.value, int):
        return put(where, ast.Constant(chance.choice((0, 1, 2, 3, old.value + 1))))
    return put(where, ast.Constant(chance.choice(("a", "b", "c"))))


def names(tree: ast.Module, chance: Random) -> bool:
    """Read or write another variable of the same type."""
    where = one(tree, chance, ast.Name)
    if where is None:
        return False
    old = where[3]
    assert isinstance(old, ast.Name)
    known = NAMES.get(old.id[0], ())
    if old.id not in known:
        return False
    return put(where, ast.Name(chance.choice(known), old.ctx))


def operators(tree: ast.Module, chance: Random) -> bool:
    where = one(tree, chance, ast.BinOp, ast.Compare, ast.BoolOp)
    if where is None:
        return False
    match where[3]:
        case ast.BinOp() as node if chance.random() < 0.5:
            node.left, node.right = node.right, node.left
        case ast.BinOp() as node if not isinstance(node.op, ast.Mod | ast.BitOr):
            node.op = chance.choice((ast.Add(), ast.Sub(), ast.Mult()))
        case ast.Compare(ops=[ast.In()] | [ast.NotIn()]) as node:
            node.ops = [chance.choice((ast.In(), ast.NotIn()))]
        case ast.Compare() as node if chance.random() < 0.3:
            node.left, node.comparators[0] = node.comparators[0], node.left
        case ast.Compare() as node:
            kinds = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
            node.ops = [chance.choice(kinds)(), *node.ops[1:]]
        case ast.BoolOp() as node if chance.random() < 0.5:
            node.values.reverse()
        case ast.BoolOp() as node:
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case _:
            return False
    return True


def negate(tree: ast.Module, chance: Random) -> bool:
    found = [
        each
        for each in expressions(tree, chance, ast.expr)
        if each[1] == "test" and isinstance(each[0], ast.If | ast.While | ast.IfExp)
    ]
    if not found:
        return False
    where = chance.choice(found)
    test = where[3]
    assert isinstance(test, ast.expr)
    return put(where, ast.UnaryOp(ast.Not(), test))


def choices(tree: ast.Module, chance: Random) -> bool:
    where = one(tree, chance, ast.IfExp)
    if where is None:
        return False
    node = where[3]
    assert isinstance(node, ast.IfExp)
    match chance.randrange(3):
        case 0:
            node.body, node.orelse = node.orelse, node.body
        case 1:
            put(where, node.body)
        case _:
            put(where, node.orelse)
    return True


def arguments(tree: ast.Module, chance: Random) -> bool:
    """Exchange, drop or repeat arguments of a call."""
    where = one(tree, chance, ast.Call)
    if where is None:
        return False
    node = where[3]
    assert isinstance(node, ast.Call)
    if len(node.args) > 1 and chance.random() < 0.7:
        node.args[0], node.args[1] = node.args[1], node.args[0]
        return True
    shown = ast.unparse(node.func)
    if node.args and shown in ("count", "rows", "table", "word", "flag", "boxed"):
        if chance.random() < 0.5:
            node.args.append(copy.deepcopy(node.args[0]))
        else:
            node.args.pop()
        return True
    return False


def copies(tree: ast.Module, chance: Random) -> bool:
    """A copy of a container instead of the container, or the other way round."""
    where = one(tree, chance, ast.Name, ast.Call, ast.List)
    if where is None:
        return False
    match where[3]:
        case ast.Name(id=name, ctx=ast.Load()) if name[0] in "ld" and name in NAMES[name[0]]:
            maker = "list" if name[0] == "l" else "dict"
            text = chance.choice((f"{maker}({name})", f"{name}.copy()"))
        case ast.Call(func=ast.Name(id="list" | "dict" | "sorted"), args=[inner], keywords=[]):
            return put(where, inner)
        case ast.Call(func=ast.Attribute(attr="copy", value=inner)):
            return put(where, inner)
        case ast.List(elts=[ast.Starred(value=inner)]):
            return put(where, inner)
        case _:
            return False
    return put(where, ast.parse(text, mode="eval").body)


def renamed(tree: ast.Module, chance: Random) -> bool:
    """Another name for a local variable of the workflow."""
    rename(tree, chance.choice(("n2", "l1", "d1", "s0", "o0")))
    return True


def rename(tree: ast.Module, old: str) -> None:
    """Another name for a local variable, everywhere in `main` and in what stands in it."""
    found = [each for each in tree.body if getattr(each, "name", "") == "main"]
    new = old[0] + "77"
    for node in ast.walk(found[0]):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
        elif isinstance(node, ast.arg) and node.arg == old:
            node.arg = new
        elif isinstance(node, ast.Nonlocal):
            node.names = [new if each == old else each for each in node.names]
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name == old:
            node.name = new


def comprehensions(tree: ast.Module, chance: Random) -> bool:
    """A list for a generator, a condition less, another element."""
    where = one(tree, chance, ast.ListComp, ast.GeneratorExp)
    if where is None:
        return False
    node = where[3]
    assert isinstance(node, ast.ListComp | ast.GeneratorExp)
    match chance.randrange(3):
        case 0:
            other = ast.GeneratorExp if isinstance(node, ast.ListComp) else ast.ListComp
            made: ast.expr = other(node.elt, node.generators)
            if isinstance(made, ast.GeneratorExp) and where[1] != "args":
                made = ast.Call(ast.Name("list", ast.Load()), [made], [])
            return put(where, made)
        case 1 if node.generators[0].ifs:
            node.generators[0].ifs.pop()
            return True
        case 2 if isinstance(node.elt, ast.BinOp):
            node.elt = node.elt.left
            return True
    return False


def defaults(tree: ast.Module, chance: Random) -> bool:
    """Another default of a helper."""
    found = [each for each in functions(tree, chance) if each.name != "main" and each.args.defaults]
    if not found:
        return False
    function = chance.choice(found)
    function.args.defaults[-1] = ast.Constant(chance.choice((0, 3, 9)))
    return True


def stepped(tree: ast.Module, chance: Random) -> bool:
    """Ask another step, or for the same twice."""
    where = one(tree, chance, ast.Call)
    if where is None or not isinstance(where[3], ast.Call):
        return False
    node = where[3]
    if not isinstance(node.func, ast.Name) or node.func.id not in ("count", "rows", "word"):
        return False
    node.func = ast.Name(chance.choice(("count", "rows", "word")), ast.Load())
    return True
