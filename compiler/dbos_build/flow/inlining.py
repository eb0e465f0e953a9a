"""Inlining: helpers of the project, drawn or evaluated where they are called.

In: a walk, a call and the function that it enters. Out: the term of the result. A helper that
reaches operations is drawn in place; a plain one is evaluated as an expression, or counts as one
term over its digest when it has too many ways through it.
Never: follows a helper into itself; that call is opaque.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from dbos_build.flow import folding, members
from dbos_build.flow.blocks import Block
from dbos_build.flow.identity import distinct
from dbos_build.flow.ownership import owned_names, scalar_names
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import DEPTH_MAX, Frame, Pending, Walk
from dbos_build.interpreter.machine import Activation, Boundary, Enter
from dbos_build.interpreter.names import Names, local_names
from dbos_build.interpreter.values import ClassRef, External, PartialCall
from dbos_build.names.symbols import Function

SMALL_STATEMENTS = 20
"""How long a helper that only raises errors of its own may be to be drawn in place."""
_NO_NAMES = Names(frozenset(), frozenset(), frozenset(), False)
_UNFOLLOWED = (ast.Try, ast.TryStar, ast.For, ast.While, ast.With, ast.Match, ast.AsyncFor)


def entered(walk: Walk, node: ast.Call, target: Enter, *, is_awaited: bool, is_kept: bool) -> int:
    """Draw a helper that reaches operations."""
    activation = target.activation
    function = activation.function
    if function is None or target.through or not _can_follow(walk, activation, function):
        return walk.opaque(node)
    passed = bind(walk, node, activation, function)
    if passed is None:
        return walk.opaque(node)
    if _makes_object(walk, node):
        return _constructed(walk, node, activation, passed)
    if not function.is_async or is_awaited:
        return draw(walk, node, activation, passed)
    pending = Pending(activation, passed, node)
    if is_kept:
        value = walk.terms.make(f"coroutine:{walk.fresh()}")
        walk.pending[value] = pending
        return value
    return walk.lane(node, pending)


def _constructed(walk: Walk, node: ast.Call, activation: Activation, passed: dict[str, int]) -> int:
    """The object that a constructor fills, which asks for operations on the way."""
    assert activation.function is not None
    first = next(iter(_positional(activation.function)), None)
    if first is None:
        return walk.opaque(node)
    made = distinct(walk, node, passed[first])
    draw(walk, node, activation, {**passed, first: made})
    return made


def _can_follow(walk: Walk, activation: Activation, function: Function) -> bool:
    if len(walk.frames) > DEPTH_MAX or local_names(walk.globals.engine, function).is_generator:
        return False
    if function.parent is not None and _is_in_comprehension(function.node, function.parent.node):
        return False  # what it sees of the comprehension is whatever came last there
    return all(frame.activation.function is not function for frame in walk.frames)


def _is_in_comprehension(node: ast.AST, around: ast.AST) -> bool:
    return isinstance(node, ast.Lambda) and any(
        node in ast.walk(each)
        for each in ast.walk(around)
        if isinstance(each, folding.Comprehension)
    )


def bind(
    walk: Walk, node: ast.Call, activation: Activation, function: Function
) -> dict[str, int] | None:
    """What each parameter of a called function holds; None when that cannot be told."""
    if any(isinstance(each, ast.Starred) for each in node.args):
        return None
    if any(keyword.arg is None for keyword in node.keywords) or prepared(walk, node):
        return None
    if is_called_back(walk, node):
        return None
    positional = _receiver(walk, node, activation, function)
    positional += [distinct(walk, each, walk.value(each)) for each in node.args]
    named = {
        each.arg: distinct(walk, each.value, walk.value(each.value))
        for each in node.keywords
        if each.arg is not None
    }
    return _distributed(walk, function, positional, named)


def is_called_back(walk: Walk, node: ast.Call) -> bool:
    """Whether something outside the project is called, which calls the function: `map(f, xs)`."""
    found = walk.frame.activation.values.get(node.func)
    return found is not None and any(isinstance(atom, External) for atom in found.atoms)


def prepared(walk: Walk, node: ast.Call) -> list[int]:
    """What is called, when it may hold arguments of its own: `functools.partial(f, 5)`."""
    found = walk.frame.activation.values.get(node.func)
    if found is None or not any(isinstance(atom, PartialCall) for atom in found.atoms):
        return []
    return [walk.value(node.func)]


def _distributed(
    walk: Walk, function: Function, positional: list[int], named: dict[str, int]
) -> dict[str, int] | None:
    """Arguments by parameter."""
    given = function.node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    passed = dict(zip(names, positional, strict=False))
    rest = positional[len(names) :]
    if rest and given.vararg is None:
        return None
    if given.vararg is not None:
        passed[given.vararg.arg] = walk.terms.make("tuple", *rest)
    known = {each.arg for each in (*given.args, *given.kwonlyargs)}
    others = {name: value for name, value in named.items() if name not in known}
    passed.update({name: value for name, value in named.items() if name in known})
    if others and given.kwarg is None:
        return None
    if given.kwarg is not None:
        parts = [
            part
            for name, value in others.items()
            for part in (walk.terms.scalar(f"const:str:{name!a}"), value)
        ]
        passed[given.kwarg.arg] = walk.terms.make("dict", *parts)
    return _with_defaults(walk, function, names, passed)


def _with_defaults(
    walk: Walk, function: Function, names: Sequence[str], passed: dict[str, int]
) -> dict[str, int] | None:
    defaults = defaults_of(function)
    for name in (*names, *(each.arg for each in function.node.args.kwonlyargs)):
        if name in passed:
            continue
        if name not in defaults:
            return None
        passed[name] = default(walk, function, defaults[name])
    return passed


def defaults_of(function: Function) -> dict[str, ast.expr]:
    """The default values of a function's parameters, by name."""
    given = function.node.args
    names = _positional(function)
    found: dict[str, ast.expr] = dict(
        zip(names[len(names) - len(given.defaults) :], given.defaults, strict=True)
    )
    for parameter, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if value is not None:
            found[parameter.arg] = value
    return found


def default(walk: Walk, function: Function, node: ast.expr) -> int:
    """A default value, evaluated where its function is defined."""
    outside = walk.globals.engine.module_activation(function.module)
    walk.frames.append(
        Frame(
            number=walk.fresh(),
            activation=outside,
            names=_NO_NAMES,
            outer=None,
            owned=frozenset(),
            scalars=frozenset(),
            base=len(walk.catchers),
        )
    )
    try:
        return walk.value(node)
    finally:
        walk.frames.pop()


def _receiver(walk: Walk, node: ast.Call, activation: Activation, function: Function) -> list[int]:
    """The object or class that a method is bound to."""
    if activation.receiver is None:
        return []
    callee = node.func
    if function.name in ("__init__", "__new__", "__post_init__"):
        return [walk.terms.make("object", walk.value(callee))]
    if isinstance(callee, ast.Attribute):
        is_super = isinstance(callee.value, ast.Call) and _is_name(callee.value.func, "super")
        if not is_super:
            return [distinct(walk, callee.value, walk.value(callee.value))]
        own = walk.frame.activation.function
        first = None if own is None else next(iter(_positional(own)), None)
        if first is not None:
            return [walk.value(ast.Name(first, ast.Load()))]
    return [walk.terms.make("bound to", walk.value(callee))]


def _positional(function: Function) -> list[str]:
    given = function.node.args
    return [each.arg for each in (*given.posonlyargs, *given.args)]


def handed_over(activation: Activation) -> frozenset[ast.AST]:
    """The arguments of durable operations: these get copies, so nothing else holds the object."""
    return frozenset(
        each
        for node, targets in activation.calls.items()
        if isinstance(node, ast.Call) and targets
        if all(isinstance(target, Boundary) for target in targets)
        for each in (*node.args, *(keyword.value for keyword in node.keywords))
    )


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def draw(walk: Walk, node: ast.AST, activation: Activation, passed: Mapping[str, int]) -> int:
    """Draw a function's body with these parameters; answers its result."""
    leave = walk.blocks.block(sealed=False)
    frame = _push(walk, node, activation, passed, leave)
    binders, walk.binders = walk.binders, 0
    try:
        _body(walk, frame)
    finally:
        walk.frames.pop()
        walk.binders = binders
    walk.jump(leave)
    walk.blocks.seal(leave)
    walk.here = leave if leave.entries else None
    return walk.read(frame.result)


def _body(walk: Walk, frame: Frame) -> None:
    function = frame.activation.function
    assert function is not None
    if isinstance(function.node, ast.Lambda):
        walk.write(frame.result, walk.value(function.node.body))
        return
    walk.write(frame.result, walk.terms.scalar("const:NoneType:None"))
    walk.run(function.node.body)
    if walk.here is not None:
        walk.write(frame.result, walk.terms.scalar("const:NoneType:None"))


def _push(
    walk: Walk,
    node: ast.AST,
    activation: Activation,
    passed: Mapping[str, int],
    leave: Block | None,
) -> Frame:
    function = activation.function
    assert function is not None
    outer, captured = _outer(walk, activation), -1
    if outer is None and activation.closure is not None and isinstance(node, ast.Call):
        captured = walk.value(node.func)
    frame = Frame(
        number=walk.fresh(),
        activation=activation,
        names=local_names(walk.globals.engine, function),
        outer=outer,
        owned=owned_names(function.node, handed_over(activation)),
        scalars=scalar_names(function.node),
        base=len(walk.catchers),
        captured=captured,
        leave=leave,
    )
    walk.frames.append(frame)
    for name, value in passed.items():
        walk.write((frame.number, name), value)
    return frame


def _outer(walk: Walk, activation: Activation) -> Frame | None:
    """The call that a nested function closes over, if it is still under way."""
    for frame in reversed(walk.frames):
        if frame.activation is activation.closure:
            return frame
    return None


def computed(walk: Walk, node: ast.Call, targets: Sequence[Enter]) -> int:
    """The term of a call of helpers without operations."""
    if len(targets) == 1 and not targets[0].through:
        activation = targets[0].activation
        function = activation.function
        if function is not None and _can_follow(walk, activation, function):
            value = _spelled(walk, node, activation, function)
            if value is not None:
                return value
    return counted(walk, node, targets)


def _spelled(walk: Walk, node: ast.Call, activation: Activation, function: Function) -> int | None:
    """A plain helper's result spelled out; None when it counts as one term."""
    if function.name in ("__init__", "__new__", "__post_init__") or walk.here is None:
        return None
    if _makes_object(walk, node):
        return None
    body = function.node.body if isinstance(function.node.body, list) else []
    if activation in walk.reaching.raising:
        statements = [each for each in ast.walk(function.node) if isinstance(each, ast.stmt)]
        is_small = len(statements) <= SMALL_STATEMENTS and not walk.binders
        if not is_small or any(isinstance(each, _UNFOLLOWED) for each in statements):
            return None
        passed = bind(walk, node, activation, function)
        return None if passed is None else draw(walk, node, activation, passed)
    passed = bind(walk, node, activation, function)
    if passed is None:
        return None
    return _evaluated(walk, node, activation, passed, body)


def _makes_object(walk: Walk, node: ast.Call) -> bool:
    found = walk.frame.activation.values.get(node.func)
    return found is not None and any(isinstance(atom, ClassRef) for atom in found.atoms)


def _evaluated(
    walk: Walk,
    node: ast.Call,
    activation: Activation,
    passed: Mapping[str, int],
    body: Sequence[ast.stmt],
) -> int | None:
    """A helper without operations and errors of its own, as a term."""
    assert walk.here is not None
    before = dict(walk.here.held)
    is_outermost = walk.budget is None
    if is_outermost:
        walk.budget = folding.BUDGET
    _push(walk, node, activation, passed, None)
    try:
        function = activation.function
        assert function is not None
        if isinstance(function.node, ast.Lambda):
            return walk.value(function.node.body)
        if not folding.is_plain(walk, body):
            walk.here.held = before
            return None
        return folding.tail(walk, body)
    except folding.TooLargeError:
        if not is_outermost:
            raise
        walk.here.held = before
        return None
    finally:
        walk.frames.pop()
        if is_outermost:
            walk.budget = None


def counted(walk: Walk, node: ast.Call, targets: Sequence[Enter]) -> int:
    """A helper as one term: what it is, and what it is given."""
    heads = sorted(members.entered(walk, node))
    callee = walk.value(node.func)
    receiver = walk.terms.rows[callee].parts if isinstance(node.func, ast.Attribute) else ()
    is_made = _makes_object(walk, node)
    is_chosen = len(targets) > 1 or _is_value(walk, node, callee)
    parts = [*([callee] if is_made or is_chosen else receiver), *walk.arguments(node)]
    parts += [*_surroundings(walk, targets), *prepared(walk, node)]
    value = walk.terms.make("helper", *(walk.terms.make(head) for head in heads), *parts)
    return _consequences(walk, node, targets, value, is_made=is_made)


def _consequences(
    walk: Walk, node: ast.AST, targets: Sequence[Enter], value: int, *, is_made: bool = False
) -> int:
    """Note what helpers that count as one term change, and that they may fail; their term."""
    activations = [each.activation for each in targets]
    disturb(walk, targets, value)
    if any(each in walk.reaching.changing for each in activations) and not is_made:
        walk.change("helper", value)
    if not any(each in walk.reaching.raising for each in activations):
        return walk.risk(value)
    if not walk.binders:
        walk.check(node, value, f"{one_line(node)} fails")
    return value


def _is_value(walk: Walk, node: ast.Call, callee: int) -> bool:
    """Whether what is called is more than a function by its name: a bound method, say."""
    row = walk.terms.rows[callee]
    while row.head == "at":
        row = walk.terms.rows[row.parts[0]]
    is_named = row.head.startswith(("global:", "function:", "lambda:"))
    return not isinstance(node.func, ast.Attribute) and not is_named


def disturb(walk: Walk, targets: Iterable[object], value: int) -> None:
    """Variables that nested functions assign are no longer known when these may have run."""
    pending = [target.activation for target in targets if isinstance(target, Enter)]
    seen: set[Activation] = set()
    while pending:
        activation = pending.pop()
        if activation in seen or activation.function is None:
            continue
        seen.add(activation)
        pending += [
            target.activation
            for inner in activation.calls.values()
            for target in inner
            if isinstance(target, Enter)
        ]
        outer = _outer(walk, activation)
        names = local_names(walk.globals.engine, activation.function).nonlocals
        while outer is not None:
            for name in sorted(names & outer.names.local):
                walk.write((outer.number, name), walk.terms.make(f"assigned:{name}", value))
            outer = outer.outer


def _surroundings(walk: Walk, targets: Sequence[Enter]) -> list[int]:
    """The variables around nested functions, which they may read."""
    found: list[int] = []
    for target in targets:
        function = target.activation.function
        outer = _outer(walk, target.activation)
        if function is None or outer is None:
            continue
        names = {each.id: None for each in ast.walk(function.node) if isinstance(each, ast.Name)}
        own = local_names(walk.globals.engine, function).local
        for name in names:
            if name in outer.names.local and name not in own:
                value = walk.read((outer.number, name))
                if value not in walk.functions:
                    found.append(walk.now(value))
    return found


def enter_plain(walk: Walk, node: ast.AST, targets: Sequence[Enter], receiver: int) -> int:
    """What a property gives."""
    functions = [each.activation.function for each in targets]
    activation, function = targets[0].activation, functions[0]
    if len(targets) == 1 and function is not None and _can_follow(walk, activation, function):
        first = next(iter(_positional(function)), None)
        passed = {} if first is None else {first: receiver}
        if activation in walk.reaching.active:
            return draw(walk, node, activation, passed)
        body = function.node.body if isinstance(function.node.body, list) else []
        is_simple = activation not in walk.reaching.raising
        if is_simple and walk.here is not None:
            fake = ast.Call(ast.Name("property", ast.Load()), [], [])
            value = _evaluated(walk, fake, activation, passed, body)
            if value is not None:
                return value
    heads = sorted({walk.globals.function(each) for each in functions if each is not None})
    made = (walk.terms.make(head) for head in heads)
    value = walk.terms.make("helper", walk.now(receiver), *made)
    return _consequences(walk, node, targets, value)


def resume(walk: Walk, pending: Pending) -> int:
    """Run a coroutine where it is awaited."""
    return draw(walk, pending.node, pending.activation, pending.passed)
