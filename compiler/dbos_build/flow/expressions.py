"""Expressions: the term that an expression stands for.

In: a walk and an expression. Out: its term; operations in it are drawn in the order in which Python
evaluates them, and conditions that decide about operations become branches.
Never: names a local variable in a term.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TypeGuard

from dbos_build.flow import folding, members
from dbos_build.flow.blocks import Variable
from dbos_build.flow.identity import distinct
from dbos_build.flow.members import special
from dbos_build.flow.ownership import CHANGING, rebound_names
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import Frame, Walk
from dbos_build.interpreter.machine import Enter
from dbos_build.interpreter.names import local_names, parameters
from dbos_build.names.forms import constant, dotted_parts, merged
from dbos_build.reading.digest import serialise

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_RISKY = (ast.Div, ast.FloorDiv, ast.Mod)
_TURNED = {"NotEq": "Eq", "NotIn": "In", "IsNot": "Is"}
_SWAPPED = {"Gt": "Lt", "GtE": "LtE"}


def evaluate(walk: Walk, node: ast.expr) -> int:
    """The term of an expression."""
    if not isinstance(node, ast.Call | ast.Attribute) and runs_unseen(walk, node):
        return unseen(walk, node)
    handler, reads = _HANDLERS.get(type(node), _generic), walk.reads
    value = handler(walk, node)
    if walk.reads != reads and not isinstance(node, ast.Name):
        walk.change("read", value)  # how far an iterator is gone over depends on all of it
    return value


def runs_unseen(walk: Walk, node: ast.AST) -> bool:
    """Whether evaluating a node runs operations that it does not name: by an operator, say."""
    targets = walk.frame.activation.calls.get(node, ())
    return any(walk.reaching.target(node, target) for target in targets)


def unseen(walk: Walk, node: ast.AST) -> int:
    """Draw a place where operations run that nothing there names."""
    parts = [
        walk.now(walk.value(child))
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.expr)
    ]
    value = walk.terms.make(f"unseen:{type(node).__name__}", *parts, *special(walk, node))
    ended = walk.draw("opaque", node, text=one_line(node), value=value)
    walk.change("opaque", value)
    return walk.operate(ended)


def acts(walk: Walk, *nodes: ast.AST | None) -> bool:
    """Whether operations lie in some pieces of the function that is being followed."""
    present = [node for node in nodes if node is not None]
    return walk.reaching.any_acts(present, walk.frame.activation)


def draws(walk: Walk, *nodes: ast.AST | None) -> bool:
    """Whether some pieces of the function that is being followed need nodes of their own: because
    operations lie in them, or because they call what raises an error of its own."""
    if acts(walk, *nodes):
        return True
    activation = walk.frame.activation
    present = [node for node in nodes if node is not None]
    return not walk.binders and any(walk.reaching.raises(node, activation) for node in present)


def _generic(walk: Walk, node: ast.AST) -> int:
    """Any expression without special meaning: its class and what it is made of."""
    parts = [
        walk.now(walk.value(child))
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.expr)
    ]
    return walk.terms.make(type(node).__name__, *parts)


def _constant(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Constant)
    if node.value is True or node.value is False:
        return walk.terms.scalar("true" if node.value else "false")
    return walk.terms.scalar("const:" + constant(node.value))


def _name(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Name)
    value = local(walk, node.id)
    if value is None:
        return named(walk, [node.id])
    if members.changes_when_read(walk, node):
        value = walk.now(value)
        walk.change("read", value)
        walk.reads += 1
    return closure(walk, value) if value in walk.functions else value


def local(walk: Walk, name: str) -> int | None:
    """What a local variable holds; None for a global name."""
    frame: Frame | None = walk.frame
    while frame is not None:
        for scope in reversed(frame.inner):
            if name in scope:
                return scope[name]
        if name in frame.names.globals:
            return None
        if name in frame.names.local and name not in frame.names.nonlocals:
            return walk.read((frame.number, name))
        if frame.outer is None and frame.captured >= 0 and _encloses(walk, frame, name):
            return walk.terms.make(f"captured:{name}", frame.captured)
        frame = frame.outer
    return None


def variable(walk: Walk, name: str) -> Variable | None:
    """The variable that an assignment to a name writes; None for a global one."""
    frame: Frame | None = walk.frame
    while frame is not None:
        if name in frame.names.globals:
            return None
        if name in frame.names.local and name not in frame.names.nonlocals:
            return (frame.number, name)
        frame = frame.outer
    return None


def _encloses(walk: Walk, frame: Frame, name: str) -> bool:
    """Whether a function around the one that is followed binds a name."""
    outer = frame.activation.closure
    while outer is not None and outer.function is not None:
        if name in local_names(walk.globals.engine, outer.function).local:
            return True
        outer = outer.closure
    return False


def named(walk: Walk, dotted: Sequence[str]) -> int:
    """The term of a global name with attributes read from it."""
    module = walk.frame.activation.module
    meaning = walk.globals.meaning(module, dotted)
    literal = walk.globals.literal(meaning)
    if literal is None:
        made = walk.now(walk.terms.make(walk.globals.head(meaning)))
    else:
        made = _constant(walk, literal)
    for part in dotted[meaning.used :]:
        made = members.attribute(walk, made, part)
    return made


def closure(walk: Walk, value: int) -> int:
    """A function defined in a function, as a value: its text and what it sees around it."""
    node, frame = walk.functions[value]
    own = {each.id for each in ast.walk(node) if _is_stored(each)}
    own |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    seen = {each.id: None for each in ast.walk(node) if isinstance(each, ast.Name)}
    parts = [
        held
        for name in seen
        if name not in own
        and name in frame.names.local
        and (held := walk.read((frame.number, name))) != value
    ]
    function = frame.activation.function
    around = "" if function is None else walk.globals.function(function)
    return walk.terms.make(f"function:{serialise(node)}:{around}", *parts)


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _attribute(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Attribute)
    parts = dotted_parts(node)
    entered = walk.frame.activation.calls.get(node, ())
    if any(isinstance(target, Enter) for target in entered):
        holder = walk.value(node.value)
        return walk.enter_plain(node, [each for each in entered if isinstance(each, Enter)], holder)
    if parts is not None and local(walk, parts[0]) is None:
        return named(walk, parts)
    holder = distinct(walk, node.value, walk.value(node.value))
    value = members.attribute(walk, holder, node.attr)
    if node.attr in CHANGING and node not in walk.called:
        walk.change("handed on", value)  # whoever is given `stack.pop` may call it
    return value


def _subscript(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Subscript)
    holder = walk.value(node.value)
    key = walk.now(walk.value(node.slice))
    item = _item(walk, holder, key)
    if item is not None:
        return item
    return walk.risk(walk.terms.make("[]", walk.now(holder), key, *special(walk, node)))


def _item(walk: Walk, holder: int, key: int) -> int | None:
    """An element of a sequence that was just written out."""
    row, place = walk.terms.rows[holder], walk.terms.rows[key].head
    if row.head not in ("list", "tuple") or not place.startswith("const:int:"):
        return None
    if walk.now(holder) != holder or any(walk.terms.rows[p].head == "*" for p in row.parts):
        return None
    digits = place.removeprefix("const:int:")
    if not digits.isdecimal() or int(digits) >= len(row.parts):
        return None
    return row.parts[int(digits)]


def _binary(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.BinOp)
    left = walk.value(node.left)
    right = walk.value(node.right)
    both = (walk.now(left), walk.now(right))
    is_plain = left in walk.terms.plain and right in walk.terms.plain
    make = walk.terms.scalar if is_plain else walk.terms.make
    value = make(type(node.op).__name__, *both, *special(walk, node))
    return walk.risk(value) if isinstance(node.op, _RISKY) else value


def _unary(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.UnaryOp)
    value = walk.now(walk.value(node.operand))
    if isinstance(node.op, ast.Not):
        return negated(walk, members.truth(walk, node.operand, value))
    return walk.terms.make(type(node.op).__name__, value, *special(walk, node))


def negated(walk: Walk, value: int) -> int:
    """The term of `not value`."""
    row = walk.terms.rows[value]
    if row.head in ("true", "false"):
        return walk.terms.scalar("false" if row.head == "true" else "true")
    return walk.terms.scalar("not", value)


def _compare(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Compare)
    if draws(walk, *node.comparators[1:]):
        return unseen(walk, node)
    found = _chained(walk, node, walk.now(walk.value(node.left)), 0)
    return found[0] if len(found) == 1 else walk.terms.scalar("and", *found)


def _chained(walk: Walk, node: ast.Compare, left: int, place: int) -> list[int]:
    """The comparisons of `a < b < c` from one of them on; each needs those before it to hold."""
    right = walk.now(walk.value(node.comparators[place]))
    found = _compared(walk, type(node.ops[place]).__name__, left, right, special(walk, node))
    if place + 1 == len(node.ops):
        return [found]
    return _short(walk, found, lambda: _chained(walk, node, right, place + 1), is_and=True)


def _short(walk: Walk, first: int, follow: Callable[[], list[int]], *, is_and: bool) -> list[int]:
    """A value and those evaluated after it, if its truth is right; so is what they change."""
    found = [first]

    def evaluated() -> int:
        found.extend(follow())
        return first

    def skipped() -> int:
        return first

    folding.fork(walk, first, *((evaluated, skipped) if is_and else (skipped, evaluated)))
    return found


def _compared(walk: Walk, operator: str, left: int, right: int, extra: list[int]) -> int:
    """One comparison; `a > b` is `b < a`, and `a != b` is `not a == b`."""
    if operator in _SWAPPED:
        return walk.terms.scalar(_SWAPPED[operator], right, left, *extra)
    if operator in _TURNED and not extra:
        return walk.terms.scalar("not", walk.terms.scalar(_TURNED[operator], left, right))
    return walk.terms.scalar(operator, left, right, *extra)


def _boolean(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.BoolOp)
    head = "and" if isinstance(node.op, ast.And) else "or"
    if not draws(walk, *node.values[1:]):
        parts = _operands(walk, node.values, is_and=head == "and")
        is_tested = any(walk.terms.rows[part].head == "truth" for part in parts)
        return walk.terms.make(f"tested {head}" if is_tested else head, *parts)
    variable = (walk.frame.number, f"*choice{walk.fresh()}")
    ends = []
    for position, each in enumerate(node.values):
        value = walk.now(walk.value(each))
        walk.write(variable, value)
        walk.end_way(each)
        if position < len(node.values) - 1 and walk.here is not None:
            condition = members.truth(walk, each, value)
            yes, no = walk.split("branch", each, one_line(each), condition)
            ends.append(no if head == "and" else yes)
            walk.here = yes if head == "and" else no
    walk.meet(walk.here, *ends)
    return walk.read(variable)


def _operands(walk: Walk, values: Sequence[ast.expr], *, is_and: bool) -> list[int]:
    """The operands of `and` and `or` without operations."""
    first, *others = values
    value = members.truth(walk, first, walk.now(walk.value(first)))
    if not others:
        return [value]
    return _short(walk, value, lambda: _operands(walk, others, is_and=is_and), is_and=is_and)


def _choice(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.IfExp)
    condition = members.truth(walk, node.test, walk.now(walk.value(node.test)))
    if not draws(walk, node.body, node.orelse):
        yes, no = node.body, node.orelse
        return folding.fork(
            walk,
            condition,
            lambda: distinct(walk, yes, walk.value(yes)),
            lambda: distinct(walk, no, walk.value(no)),
        )
    variable = (walk.frame.number, f"*choice{walk.fresh()}")
    branches = walk.split("branch", node.test, one_line(node.test), condition)
    ends = []
    for start, part in zip(branches, (node.body, node.orelse), strict=True):
        walk.here = start
        walk.write(variable, distinct(walk, part, walk.value(part)))
        walk.end_way(part)
        ends.append(walk.here)
    walk.meet(*ends)
    return walk.read(variable)


def select(walk: Walk, condition: int, yes: int, no: int) -> int:
    """One of two values, by a condition."""
    row = walk.terms.rows[condition]
    if row.head in ("true", "false"):
        return yes if row.head == "true" else no
    if row.head == "not":
        return select(walk, row.parts[0], no, yes)
    both_plain = yes in walk.terms.plain and no in walk.terms.plain
    make = walk.terms.scalar if both_plain else walk.terms.make
    return make("select", condition, yes, no)


def _text(walk: Walk, node: ast.AST) -> int:
    """An f-string: its texts and what is filled in."""
    assert isinstance(node, ast.JoinedStr)
    parts = merged(node.values)
    if all(isinstance(each, ast.Constant) for each in parts):
        joined = "".join(str(each.value) for each in parts if isinstance(each, ast.Constant))
        return walk.terms.scalar("const:" + constant(joined))
    return walk.terms.scalar("text", *(walk.value(each) for each in parts))


def _filled(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.FormattedValue)
    parts = [walk.now(walk.value(node.value)), *special(walk, node)]
    if node.format_spec is not None:
        parts.append(walk.value(node.format_spec))
    return walk.terms.scalar(f"filled:{node.conversion}", *parts)


def _sequence(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)
    head = type(node).__name__.lower()
    parts = [distinct(walk, each, walk.value(each)) for each in node.elts]
    return walk.terms.make(head, *parts)


def _starred(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Starred)
    walk.consumed.add(node.value)
    return walk.terms.make("*", walk.now(walk.value(node.value)), *special(walk, node))


def _mapping(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Dict)
    parts: list[int] = []
    for key, value in zip(node.keys, node.values, strict=True):
        parts.append(walk.terms.make("**") if key is None else walk.value(key))
        held = distinct(walk, value, walk.value(value))
        parts.append(walk.now(held) if key is None else held)
    return walk.terms.make("dict", *parts)


def _call(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Call)
    return walk.call(node)


def _awaited(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.Await)
    if isinstance(node.value, ast.Call):
        return walk.call(node.value, is_awaited=True)
    value = walk.value(node.value)
    pending = walk.pending.pop(value, None)
    return value if pending is None else walk.resume(pending)


def _walrus(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, ast.NamedExpr)
    value = distinct(walk, node.value, walk.value(node.value))
    walk.assign(node.target, value)
    return value


def _function(walk: Walk, node: ast.AST) -> int:
    """A lambda as a value: its body over its own parameters, whatever they are called."""
    assert isinstance(node, ast.Lambda)
    if acts(walk, node):
        return walk.terms.make("lambda:" + serialise(node), *seen_by(walk, node))
    given = node.args
    values = [*given.defaults, *(each for each in given.kw_defaults if each is not None)]
    defaults = [walk.now(walk.value(each)) for each in values]
    names = [each.arg for each in parameters(node)]
    marks = [
        *(["*"] if given.vararg else []),
        *(["**"] if given.kwarg else []),
        *(
            f"{each.arg}={value is not None}"
            for each, value in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        ),
        *([] if node in walk.consumed else names),
    ]
    defaults += [] if node in walk.consumed else _later(walk, node)
    return folding.abstracted(walk, names, node.body, " ".join(marks), defaults)


def _later(walk: Walk, node: ast.AST) -> list[int]:
    """What stands for all that the variables which something sees may hold when it runs."""
    function = walk.frame.activation.function
    if function is None:
        return []
    seen = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    bound = {name for scope in walk.frame.inner for name in scope}
    if not seen & (rebound_names(function.node) | bound):
        return []
    return [walk.terms.make(walk.globals.function(function) + " later")]


def seen_by(walk: Walk, node: ast.Lambda) -> list[int]:
    """The variables around a lambda that it reads."""
    own = {each.arg for each in parameters(node)}
    names = {
        each.id: None
        for each in ast.walk(node.body)
        if isinstance(each, ast.Name) and each.id not in own
    }
    return [_name(walk, ast.Name(name)) for name in names]


def _comprehension(walk: Walk, node: ast.AST) -> int:
    assert isinstance(node, folding.Comprehension)
    if isinstance(node, ast.GeneratorExp) and acts(walk, node) and node not in walk.consumed:
        return unseen(walk, node)
    value = folding.comprehension(walk, node)
    if isinstance(node, ast.GeneratorExp) and node in walk.kept:
        return walk.terms.make("kept", value, *_later(walk, node))
    return value


_Handler = Callable[[Walk, ast.AST], int]
_HANDLERS: Mapping[type[ast.AST], _Handler] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _choice,
    ast.JoinedStr: _text,
    ast.FormattedValue: _filled,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Starred: _starred,
    ast.Dict: _mapping,
    ast.Call: _call,
    ast.Await: _awaited,
    ast.NamedExpr: _walrus,
    ast.Lambda: _function,
    **dict.fromkeys(_COMPREHENSIONS, _comprehension),
}
