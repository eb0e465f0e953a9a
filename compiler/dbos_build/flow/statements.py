"""Statements: what they draw, and what they assign.

In: a walk and statements. Out: nodes for what decides about operations, assignments for the rest.
Never: evaluates a call; that is the work of `calling`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from dbos_build.flow import exceptions, folding, matching, members
from dbos_build.flow.expressions import acts, negated, runs_unseen, unseen
from dbos_build.flow.identity import distinct
from dbos_build.flow.members import special
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import Loop, Walk
from dbos_build.names.scopes import Origin, origins
from dbos_build.reading.digest import serialise


def run(walk: Walk, body: Sequence[ast.stmt]) -> None:
    """Draw statements until one of them leaves for good."""
    for statement in body:
        if walk.here is None:
            return
        if any(runs_unseen(walk, each) for each in _unseen_places(statement)):
            unseen(walk, statement)
        handler = _HANDLERS.get(type(statement))
        if handler is not None:
            handler(walk, statement)
    if body:
        walk.end_way(body[-1])


def _unseen_places(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement that are not evaluated: itself, and what it assigns to."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.Attribute | ast.Subscript) and not isinstance(child.ctx, ast.Load):
            yield child


def _expression(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.Expr)
    if not isinstance(node.value, ast.Constant):
        walk.value(node.value)


def _assignment(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.Assign)
    value = _kept(walk, node.value)
    if not all(_is_owned(walk, target) for target in node.targets):
        value = distinct(walk, node.value, value)
    for target in node.targets:
        walk.assign(target, value)


def _is_owned(walk: Walk, target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id in walk.frame.owned


def _kept(walk: Walk, node: ast.expr) -> int:
    """The value of an assignment: a coroutine waits in the variable until it is awaited."""
    walk.kept.add(node)
    return walk.call(node, is_kept=True) if isinstance(node, ast.Call) else walk.value(node)


def _annotated(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.AnnAssign)
    if node.value is not None:
        value = _kept(walk, node.value)
        if not _is_owned(walk, node.target):
            value = distinct(walk, node.value, value)
        walk.assign(node.target, value)


def _augmented(walk: Walk, node: ast.stmt) -> None:
    """`x += y`: a new value for numbers and texts, a change in place for what may be a list."""
    assert isinstance(node, ast.AugAssign)
    target = node.target
    read = _loaded(target)
    before = walk.value(read)
    operand = walk.now(walk.value(node.value))
    is_plain = before in walk.terms.plain and operand in walk.terms.plain
    make = walk.terms.scalar if is_plain else walk.terms.make
    value = make(type(node.op).__name__, walk.now(before), operand, *special(walk, node))
    if isinstance(target, ast.Name):
        frame = walk.frame
        new_value = target.id in frame.owned or target.id in frame.scalars or is_plain
        if not new_value and not _is_number(walk, before):
            walk.change("augmented", value)
    walk.assign(target, value)


def _is_number(walk: Walk, value: int) -> bool:
    return value in walk.terms.plain


def _loaded(target: ast.expr) -> ast.expr:
    """The expression that reads what a target stands for."""
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), target)
        case ast.Attribute(value=value, attr=attribute):
            return ast.copy_location(ast.Attribute(value, attribute, ast.Load()), target)
        case ast.Subscript(value=value, slice=key):
            return ast.copy_location(ast.Subscript(value, key, ast.Load()), target)
    return target


def assign(walk: Walk, target: ast.expr, value: int) -> None:
    """Assign a value to a target of any form."""
    match target:
        case ast.Name(id=name):
            variable = walk.variable(name)
            if variable is None:
                walk.change(f"global {walk.frame.activation.module.path} {name}", value)
            else:
                walk.write(variable, value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            _unpack(walk, parts, value)
        case ast.Starred(value=inner):
            assign(walk, inner, value)
        case ast.Attribute(value=holder, attr=attribute):
            walk.change(f".{attribute}=", walk.value(holder), walk.now(value))
        case ast.Subscript():
            _set_item(walk, target, value)


def _unpack(walk: Walk, targets: Sequence[ast.expr], value: int) -> None:
    """Assign the parts of a value to several targets."""
    row = walk.terms.rows[value]
    is_exact = row.head in ("tuple", "list") and len(row.parts) == len(targets)
    starred = [walk.terms.rows[part].head == "*" for part in row.parts]
    if is_exact and not any(starred) and not any(isinstance(t, ast.Starred) for t in targets):
        for target, part in zip(targets, row.parts, strict=True):
            assign(walk, target, part)
        return
    stars = "".join("*" if isinstance(each, ast.Starred) else "x" for each in targets)
    whole = walk.risk(walk.terms.make(f"parts:{stars}", walk.now(value)))
    for place, target in enumerate(targets):
        assign(walk, target, walk.terms.make(f"part:({stars}):{place}", whole))


def _set_item(walk: Walk, target: ast.Subscript, value: int) -> None:
    """`container[key] = value`: of a variable of our own a new value, else a change in place."""
    key = walk.now(walk.value(target.slice))
    if isinstance(target.value, ast.Name) and target.value.id in walk.frame.owned:
        variable = walk.variable(target.value.id)
        if variable is not None:
            walk.write(variable, _with_item(walk, walk.read(variable), key, value))
            return
    walk.change("[]=", walk.value(target.value), key, walk.now(value))


def _with_item(walk: Walk, container: int, key: int, value: int) -> int:
    """A container with one item set; a new key of a dict that was written out stands in it."""
    rows = walk.terms.rows
    row = rows[container]
    keys = row.parts[::2]
    is_text = all(rows[each].head.startswith("const:str:") for each in (key, *keys))
    if row.head == "dict" and is_text and key not in keys:
        return walk.terms.make("dict", *row.parts, key, value)
    return walk.terms.make("[]=", container, key, value)


def _delete(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.Delete)
    for target in node.targets:
        if isinstance(target, ast.Subscript | ast.Attribute):
            walk.assign(target, walk.terms.make("deleted"))
        elif isinstance(target, ast.Name):
            walk.assign(target, walk.terms.make("unbound"))


def _if(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.If)
    both = [*node.body, *node.orelse]
    if folding.is_plain(walk, both) and not folding.jumps(both):
        folding.branch(walk, node)
        return
    condition = members.truth(walk, node.test, walk.now(walk.value(node.test)))
    head = walk.terms.rows[condition].head
    if walk.here is None or head in ("true", "false"):
        run(walk, node.orelse if head == "false" else node.body)
        return
    yes, no = walk.split("branch", node.test, one_line(node.test), condition)
    walk.here = yes
    run(walk, node.body)
    ended, walk.here = walk.here, no
    run(walk, node.orelse)
    walk.meet(ended, walk.here)


def _for(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.For | ast.AsyncFor)
    is_plain = folding.is_plain(walk, [node], in_loop=True) and not folding.jumps(node.body)
    if is_plain and isinstance(node, ast.For):
        folding.loop(walk, node)
        return
    reads = walk.reads
    values = members.iterated(walk, node.iter, walk.now(walk.value(node.iter)))
    if walk.reads != reads and folding.jumps(node.body):
        walk.change("left early:" + serialise(node))  # some of an iterator may be left

    def once(element: int) -> None:
        walk.assign(node.target, element)
        run(walk, node.body)

    each(walk, node.iter, values, once, node.orelse)


def each(
    walk: Walk,
    node: ast.expr,
    values: int,
    once: Callable[[int], None],
    otherwise: Sequence[ast.stmt] = (),
) -> None:
    """Draw a loop over some values; `otherwise` runs when it was not left early."""
    iterator = (walk.frame.number, f"*iterator{walk.fresh()}")
    walk.write(iterator, walk.terms.make("iter", values))
    loop = _begin(walk)
    if loop is None:
        return
    present = walk.now(walk.read(iterator))
    more, done = walk.split("loop", node, one_line(node), walk.terms.make("has", present))
    walk.here = more
    walk.write(iterator, walk.terms.make("next", walk.read(iterator)))
    once(walk.terms.make("item", present))
    _finish(walk, loop)
    walk.here = done
    run(walk, otherwise)
    _behind(walk, loop)


def _begin(walk: Walk) -> Loop | None:
    """Open a loop: everything from here on may run again."""
    if walk.here is None:
        return None
    again = walk.blocks.block((walk.here, ""), sealed=False)
    loop = Loop(again, walk.blocks.block(sealed=False), len(walk.catchers))
    walk.frame.loops.append(loop)
    walk.here = again
    return loop


def _finish(walk: Walk, loop: Loop) -> None:
    """Close the body of a loop."""
    walk.jump(loop.again)
    walk.blocks.seal(loop.again)
    walk.frame.loops.pop()


def _behind(walk: Walk, loop: Loop) -> None:
    """Go on behind a loop, from its end and from every `break`."""
    walk.jump(loop.out)
    walk.blocks.seal(loop.out)
    walk.here = loop.out if loop.out.entries else None


def _while(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.While)
    plain = folding.is_plain(walk, [node], in_loop=True) and not folding.jumps(node.body)
    if plain and not acts(walk, node.test):
        folding.loop(walk, node)
        return
    loop = _begin(walk)
    if loop is None:
        return
    condition = members.truth(walk, node.test, walk.now(walk.value(node.test)))
    row = walk.terms.rows[condition]
    if row.head == "true" or (row.head == "const:int:1"):
        run(walk, node.body)
        _finish(walk, loop)
        walk.here = None
    else:
        more, done = walk.split("loop", node.test, one_line(node.test), condition)
        walk.here = more
        run(walk, node.body)
        _finish(walk, loop)
        walk.here = done
        run(walk, node.orelse)
    _behind(walk, loop)


def guarded(walk: Walk, conditions: Sequence[ast.expr], follow: Callable[[], None]) -> None:
    """Draw what happens when all conditions hold."""
    ends = []
    for condition in conditions:
        value = members.truth(walk, condition, walk.now(walk.value(condition)))
        yes, no = walk.split("branch", condition, one_line(condition), value)
        ends.append(no)
        walk.here = yes
    follow()
    walk.meet(walk.here, *ends)


def _break(walk: Walk, node: ast.stmt) -> None:
    walk.end_way(node)
    loop = walk.frame.loops[-1]
    walk.leave_to(loop.depth)
    walk.jump(loop.out if isinstance(node, ast.Break) else loop.again)


def _return(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.Return)
    value = walk.terms.scalar("const:NoneType:None")
    if node.value is not None:
        value = _kept(walk, node.value)
    walk.end_way(node)
    frame = walk.frame
    walk.write(frame.result, value)
    walk.leave_to(frame.base)
    assert frame.leave is not None
    walk.jump(frame.leave)


def _assert(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.Assert)
    tested = members.truth(walk, node.test, walk.now(walk.value(node.test)))
    condition = negated(walk, tested)
    failed, fine = walk.split("branch", node.test, f"not ({one_line(node.test)})", condition)
    walk.here = failed
    exceptions.throw(walk, node, walk.terms.make("call:builtins.AssertionError"), "assert")
    walk.here = fine


def _definition(walk: Walk, node: ast.stmt) -> None:
    """A function or class inside a function: a value that knows its text and surroundings."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    for each in _evaluated(node):
        walk.value(each)
    if isinstance(node, ast.ClassDef) and any(isinstance(n, ast.Call) for n in _class_level(node)):
        walk.change("class:" + serialise(node))
    value = walk.terms.make(f"def:{walk.frame.number}:{walk.fresh()}")
    walk.functions[value] = (node, walk.frame)
    walk.assign(ast.Name(node.name, ast.Store()), value)


def _evaluated(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[ast.expr]:
    """The expressions that a definition evaluates when it is reached."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(each.value for each in node.keywords)]
    given = node.args
    named = [each for each in given.kw_defaults if each is not None]
    return [*given.defaults, *named, *node.decorator_list]


def _class_level(node: ast.ClassDef) -> Iterator[ast.AST]:
    """What the body of a class runs when the class is made."""
    for statement in node.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ast.walk(statement)


def _import(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.Import | ast.ImportFrom)
    for name, origin in origins(node):
        if name != "*":
            walk.assign(ast.Name(name, ast.Store()), _imported(walk, name, origin))


def _imported(walk: Walk, name: str, origin: Origin) -> int:
    meaning = walk.globals.meaning(walk.frame.activation.module, [name], origin)
    return walk.terms.make(walk.globals.head(meaning))


def _with(walk: Walk, node: ast.stmt) -> None:
    assert isinstance(node, ast.With | ast.AsyncWith)
    exceptions.with_block(walk, node)


_Handler = Callable[[Walk, ast.stmt], None]
_HANDLERS: Mapping[type[ast.stmt], _Handler] = {
    ast.Expr: _expression,
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Break: _break,
    ast.Continue: _break,
    ast.Return: _return,
    ast.Raise: exceptions.raising,
    ast.Assert: _assert,
    ast.Try: exceptions.trying,
    ast.TryStar: exceptions.trying,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: matching.match,
    ast.FunctionDef: _definition,
    ast.AsyncFunctionDef: _definition,
    ast.ClassDef: _definition,
    ast.Import: _import,
    ast.ImportFrom: _import,
}
