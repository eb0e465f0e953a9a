"""Edits of statements: each changes a tree in place, and says whether there was anything to change.

In: the tree of a program and a source of chance. Out: statements taken out, moved, wrapped, turned
around, or given names and functions of their own.
Never: cares whether the meaning stays; the programs are run.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from random import Random

from support.soundness.grammar import NAMES, Writer, forms
from support.soundness.places import Block, blocks, expressions, one, pick, put


def delete(tree: ast.Module, chance: Random) -> bool:
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    block[place : place + 1] = [] if len(block) > 1 else [ast.Pass()]
    return True


def duplicate(tree: ast.Module, chance: Random) -> bool:
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    block.insert(place, copy.deepcopy(block[place]))
    return True


def exchange(tree: ast.Module, chance: Random) -> bool:
    found = pick(tree, chance)
    if found is None or found[1] + 1 >= len(found[0]):
        return False
    block, place = found
    block[place], block[place + 1] = block[place + 1], block[place]
    return True


def move(tree: ast.Module, chance: Random) -> bool:
    """Move a statement to any other place of the same function."""
    found = pick(tree, chance)
    if found is None or len(found[0]) < 2:
        return False
    block, place = found
    if any(isinstance(each, ast.Yield) for each in ast.walk(block[place])):
        return False
    statement = block.pop(place)
    inside = {id(each) for each in ast.walk(statement)}
    others = [each for each in blocks(tree, chance) if not any(id(one) in inside for one in each)]
    if not others:
        block.insert(place, statement)
        return False
    target = chance.choice(others)
    target.insert(chance.randrange(len(target) + 1), statement)
    return True


def into_neighbour(tree: ast.Module, chance: Random) -> bool:
    """Move a statement into the block before or behind it, or the first one of a block out."""
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    inner = [each for each in ("body", "orelse", "finalbody") if getattr(block[place], each, None)]
    if not inner or isinstance(block[place], ast.FunctionDef | ast.Match):
        return False
    own: Block = getattr(block[place], chance.choice(inner))
    match chance.randrange(4):
        case 0 if place > 0:
            own.insert(0, block.pop(place - 1))
        case 1 if place + 1 < len(block):
            own.append(block.pop(place + 1))
        case 2 if len(own) > 1:
            block.insert(place, own.pop(0))
        case 3 if len(own) > 1:
            block.insert(place + 1, own.pop())
        case _:
            return False
    return True


def unwrap(tree: ast.Module, chance: Random) -> bool:
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    statement = block[place]
    if isinstance(statement, ast.FunctionDef):
        return False
    body = getattr(statement, chance.choice(("body", "body", "orelse", "finalbody")), None)
    if not body or not isinstance(body[0], ast.stmt):
        return False
    block[place : place + 1] = body
    return True


def wrap(tree: ast.Module, chance: Random) -> bool:
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    writer = Writer(chance, forms(chance), asks=False)
    head = chance.choice(
        (
            f"if {writer.condition(1)}: pass",
            "try: pass\nexcept Refused: pass",
            "try: pass\nexcept Refused as error: raise",
            f"try: pass\nfinally: {writer.name('n')} = 1",
            "with suppress(Late): pass",
            "for n2 in l0: pass",
            "if True: pass",
        )
    )
    made = ast.parse(head).body[0]
    end = chance.randrange(place + 1, len(block) + 1)
    made.body = block[place:end]  # type: ignore[attr-defined]
    block[place:end] = [made]
    return True


def insert(tree: ast.Module, chance: Random) -> bool:
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    lines = Writer(chance, forms(chance), asks=chance.random() < 0.2).statement(1)
    try:
        made = ast.parse("\n".join(lines)).body
    except SyntaxError:
        return False
    block[place:place] = made
    return True


def replace_value(tree: ast.Module, chance: Random) -> bool:
    """Give a variable something else."""
    found = [
        each
        for block in blocks(tree, chance)
        for each in block
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    ]
    if not found:
        return False
    statement = chance.choice(found)
    target = statement.targets[0]
    assert isinstance(target, ast.Name)
    kind = target.id[0]
    if kind not in NAMES:
        return False
    try:
        text = Writer(chance, forms(chance), asks=False).expression(kind, 1)
        statement.value = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    return True


def branches(tree: ast.Module, chance: Random) -> bool:
    """Turn an `if` around, with or without its condition."""
    found = [each for block in blocks(tree, chance) for each in block if isinstance(each, ast.If)]
    if not found:
        return False
    node = chance.choice(found)
    node.body, node.orelse = node.orelse or [ast.Pass()], node.body
    if chance.random() < 0.6:
        node.test = ast.UnaryOp(ast.Not(), node.test)
    return True


def as_guard(tree: ast.Module, chance: Random) -> bool:
    """`if c: return x` and what follows become two branches, or the other way round."""
    found = pick(tree, chance)
    if found is None or not isinstance(found[0][found[1]], ast.If):
        return False
    block, place = found
    node = block[place]
    assert isinstance(node, ast.If)
    if isinstance(node.body[-1], ast.Return | ast.Raise | ast.Break | ast.Continue):
        if node.orelse:
            block[place + 1 : place + 1], node.orelse = node.orelse, []
        elif place + 1 < len(block):
            node.orelse = block[place + 1 :]
            del block[place + 1 :]
        return True
    return False


def jumps(tree: ast.Module, chance: Random) -> bool:
    """Exchange `break` and `continue`."""
    where = one(tree, chance, ast.Break, ast.Continue)
    if where is None:
        return False
    return put(where, ast.Continue() if isinstance(where[3], ast.Break) else ast.Break())


def handlers(tree: ast.Module, chance: Random) -> bool:
    """Catch something else, in another order, or not at all."""
    found = [each[3] for each in expressions(tree, chance, ast.Try)]
    if not found:
        return False
    node = chance.choice(found)
    assert isinstance(node, ast.Try)
    match chance.randrange(5):
        case 0 if len(node.handlers) > 1:
            node.handlers.reverse()
            return all(each.type is not None for each in node.handlers)
        case 1 if node.handlers:
            other = chance.choice(("Refused", "Late", "Exception", "ValueError", "KeyError"))
            chance.choice(node.handlers).type = ast.Name(other, ast.Load())
            return True
        case 2 if node.finalbody and node.handlers:
            node.orelse, node.finalbody = node.finalbody, []
            return True
        case 3 if node.orelse:
            node.body, node.orelse = [*node.body, *node.orelse], []
            return True
        case 4 if node.handlers and len(node.body) > 1:
            node.orelse.insert(0, node.body.pop())
            return True
    return False


def in_place(tree: ast.Module, chance: Random) -> bool:
    """A change in place instead of a new value, or the other way round."""
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    match block[place]:
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            left = ast.Name(name, ast.Load())
            made: ast.stmt = ast.Assign([target], ast.BinOp(left, op, value), lineno=1)
        case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.BinOp() as value) if (
            isinstance(value.left, ast.Name) and value.left.id == name
        ):
            made = ast.AugAssign(target, value.op, value.right)
        case ast.Expr(ast.Call(func=ast.Attribute(value=holder, attr="append"), args=[item])):
            text = f"{ast.unparse(holder)} {chance.choice(('+=', '='))} "
            is_new = not text.endswith("+= ")
            text += f"{ast.unparse(holder)} + " if is_new else ""
            made = ast.parse(f"{text}[{ast.unparse(item)}]").body[0]
        case _:
            return False
    block[place] = made
    return True


def extract(tree: ast.Module, chance: Random) -> bool:
    """Give an expression a name, in the statement before."""
    found = pick(tree, chance)
    if found is None:
        return False
    block, place = found
    inner = [
        (node, field, number, each)
        for node in _outer_expressions(block[place])
        for field, value in ast.iter_fields(node)
        for number, each in enumerate(value if isinstance(value, list) else [value])
        if isinstance(each, ast.BinOp | ast.Call | ast.Compare | ast.List | ast.Attribute)
        and field != "func"
        and isinstance(getattr(each, "ctx", ast.Load()), ast.Load)
    ]
    if not inner:
        return False
    where = chance.choice(inner)
    name = f"made{chance.randrange(100)}"
    expression = where[3]
    put(where, ast.Name(name, ast.Load()))
    block.insert(
        place,
        ast.Assign([ast.Name(name, ast.Store())], expression, lineno=1),
    )
    return True


def _outer_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """A statement and its expressions, without inner statements, functions and comprehensions."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr) and not isinstance(
                child, ast.Lambda | ast.ListComp | ast.DictComp | ast.GeneratorExp | ast.JoinedStr
            ):
                pending.append(child)


def inline(tree: ast.Module, chance: Random) -> bool:
    """Write what a variable was given where the next statement reads it."""
    found = pick(tree, chance)
    if found is None or found[1] + 1 >= len(found[0]):
        return False
    block, place = found
    statement = block[place]
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    name = statement.targets[0].id
    uses = [
        (node, field, number, each)
        for node in ast.walk(block[place + 1])
        for field, value in ast.iter_fields(node)
        for number, each in enumerate(value if isinstance(value, list) else [value])
        if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
    ]
    if not uses:
        return False
    put(chance.choice(uses), statement.value)
    if chance.random() < 0.8:
        del block[place]
    return True


def as_helper(tree: ast.Module, chance: Random) -> bool:
    """Move statements of `main` into a function inside it."""
    main = next(each for each in tree.body if getattr(each, "name", "") == "main")
    assert isinstance(main, ast.FunctionDef | ast.AsyncFunctionDef)
    start = chance.randrange(len(main.body))
    end = chance.randrange(start, len(main.body)) + 1
    body = main.body[start:end]
    text = "\n".join(ast.unparse(each) for each in body)
    if not body or any(word in text for word in ("await", "return", "nonlocal", "def ")):
        return False
    assigned = sorted(
        {
            node.id
            for each in body
            for node in ast.walk(each)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        | {
            node.name
            for each in body
            for node in ast.walk(each)
            if isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name
        }
    )
    known = [name for name in assigned if any(name in each for each in NAMES.values())]
    name = f"part{chance.randrange(9)}"
    function = ast.parse(f"def {name}():\n    pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    head: list[ast.stmt] = [ast.Nonlocal(known)] if known else []
    function.body = [*head, *body]
    call = ast.parse(f"{name}()").body[0]
    main.body[start:end] = [function, call]
    return True
