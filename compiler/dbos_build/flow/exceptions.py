"""Exceptions: what is drawn for `raise`, `try` and `with`.

In: a walk and statements. Out: ways from what may raise to what catches it, and decisions about
which handler that is.
Never: follows an error that no operation, no `raise` and no risky computation of the body makes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from dbos_build.flow import folding, managers
from dbos_build.flow.blocks import Block
from dbos_build.flow.expressions import acts
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import CAUGHT, Catcher, Walk
from dbos_build.interpreter.machine import Boundary, Enter

_BROAD = frozenset({"Exception", "BaseException"})


def raising(walk: Walk, node: ast.stmt) -> None:
    """A `raise` statement."""
    assert isinstance(node, ast.Raise)
    error = walk.read(CAUGHT) if node.exc is None else walk.now(walk.value(node.exc))
    throw(walk, node, error, one_line(node))


def throw(walk: Walk, node: ast.AST, error: int, text: str) -> None:
    """Draw that an error is raised, and leave for what catches it."""
    ended = walk.draw("raise", node, text=text, value=error)
    walk.throw_from(ended, error)
    walk.here = None


def rethrow(walk: Walk, node: ast.AST) -> None:
    """Leave with an error that nothing here has caught."""
    if walk.here is None:
        return
    for catcher in reversed(walk.catchers):
        if catcher.target is not None:
            walk.jump(catcher.target)
            return
    walk.draw("raise", node, text="raise", value=walk.read(CAUGHT))
    walk.here = None


def trying(walk: Walk, node: ast.stmt) -> None:
    """A `try` statement."""
    assert isinstance(node, ast.Try | ast.TryStar)
    around = walk.read(CAUGHT)
    if node.finalbody:
        _finally(walk, node)
    else:
        _catching(walk, node)
    walk.write(CAUGHT, around)  # what a bare `raise` raises behind it


def _finally(walk: Walk, node: ast.Try | ast.TryStar) -> None:
    """A `try` with something that runs on every way out."""
    matters = _is_caught(walk) or acts(walk, *node.finalbody) or folding.jumps(node.finalbody)
    target = walk.blocks.block(sealed=False) if matters else None
    walk.catchers.append(Catcher(target, node.finalbody, walk.frame))
    _catching(walk, node)
    walk.catchers.pop()
    walk.run(node.finalbody)
    if target is None:
        return
    behind = walk.here
    walk.blocks.seal(target)
    if target.entries:
        walk.here = target
        error = walk.read(CAUGHT)
        walk.run(node.finalbody)
        walk.write(CAUGHT, error)
        rethrow(walk, node)
    walk.here = behind


def _is_caught(walk: Walk) -> bool:
    """Whether anything around the code being drawn catches errors."""
    return any(catcher.target is not None for catcher in walk.catchers)


def _catching(walk: Walk, node: ast.Try | ast.TryStar) -> None:
    """The body, the handlers and the `else` of a `try`."""
    if not node.handlers:
        walk.run(node.body)
        walk.run(node.orelse)
        return
    target = _watched(walk, node, lambda: walk.run(node.body))
    walk.run(node.orelse)
    ends = [walk.here]
    if target.entries:
        walk.here = target
        for handler in node.handlers:
            ends.append(_handled(walk, handler, is_group=isinstance(node, ast.TryStar)))
        rethrow(walk, node)
    walk.meet(*ends)


def _watched(walk: Walk, node: ast.AST, body: Callable[[], None]) -> Block:
    """Draw a body whose errors arrive at the block that is answered."""
    target = walk.blocks.block(sealed=False)
    walk.catchers.append(Catcher(target, (), walk.frame))
    if walk.risks:
        walk.settle_risks(node)
    outer, walk.risks = walk.risks, []
    body()
    if walk.risks:
        walk.settle_risks(node)
    walk.risks = outer
    walk.catchers.pop()
    walk.blocks.seal(target)
    return target


def _handled(walk: Walk, handler: ast.ExceptHandler, *, is_group: bool) -> Block | None:
    """Draw one handler, and go on with the errors that it does not catch; answers its end."""
    if walk.here is None:
        return None
    error = walk.read(CAUGHT)
    shown = "" if handler.type is None else one_line(handler.type)
    label = f"except {shown}".rstrip()
    condition = -1
    if is_group and handler.type is not None:
        condition = walk.terms.scalar("holds", error, walk.value(handler.type))
        error = walk.terms.make("part of", error, condition)
    elif handler.type is not None and shown not in _BROAD:
        condition = walk.terms.scalar("isinstance", error, walk.value(handler.type))
    ended = walk.draw("except", handler, text=label, value=condition)
    other = None if condition < 0 else walk.blocks.block((ended, "no"))
    walk.here = walk.blocks.block((ended, label))
    if handler.name is not None:
        walk.assign(ast.Name(handler.name, ast.Store()), error)
    walk.run(handler.body)
    end, walk.here = walk.here, other
    return end


def with_block(walk: Walk, node: ast.With | ast.AsyncWith) -> None:
    """A `with` statement."""
    _entering(walk, node, node.items)


def _entering(walk: Walk, node: ast.With | ast.AsyncWith, items: Sequence[ast.withitem]) -> None:
    """Enter the managers from one of them on, run the body, and leave them again."""
    if not items:
        walk.run(node.body)
        return
    item, surrounding = items[0], len(walk.contexts)
    manager = walk.value(item.context_expr)
    if acts(walk, item.context_expr) and _is_entered(walk, item.context_expr):
        walk.draw("opaque", item.context_expr, text=one_line(item), value=manager)
    if _is_dbos(walk, item.context_expr):
        walk.contexts.append(manager)
    touches = managers.touches(walk, item.context_expr)
    if touches:
        walk.change("entered", manager)
    if item.optional_vars is not None:
        walk.assign(item.optional_vars, walk.terms.make("enter", walk.now(manager)))

    def leave() -> None:
        if touches:
            walk.change("left", manager)

    def inner() -> None:
        _entering(walk, node, items[1:])

    walk.catchers.append(Catcher(None, leave=leave))
    if managers.suppresses(walk, item.context_expr) or (touches and _is_caught(walk)):
        _managed(walk, node, item, manager, inner, leave)
    else:
        inner()
        leave()
    walk.catchers.pop()
    del walk.contexts[surrounding:]


def _managed(
    walk: Walk,
    node: ast.AST,
    item: ast.withitem,
    manager: int,
    inner: Callable[[], None],
    leave: Callable[[], None],
) -> None:
    """A body whose errors pass a manager, which may end them: then they lead behind it."""
    target = _watched(walk, node, inner)
    leave()
    ends = [walk.here]
    if target.entries:
        walk.here = target
        error = walk.read(CAUGHT)
        if managers.suppresses(walk, item.context_expr):
            shown = one_line(item.context_expr)
            condition = walk.terms.scalar("suppressed", error, walk.now(manager))
            ended = walk.draw("except", item.context_expr, text=shown, value=condition)
            walk.here = walk.blocks.block((ended, f"except {shown}"))
            leave()
            ends.append(walk.here)
            walk.here = walk.blocks.block((ended, "no"))
        leave()
        walk.write(CAUGHT, error)
        rethrow(walk, node)
    walk.meet(*ends)


def _targets(walk: Walk, node: ast.expr) -> Sequence[object]:
    return walk.frame.activation.calls.get(node, ())


def _is_entered(walk: Walk, node: ast.expr) -> bool:
    return any(isinstance(target, Enter) for target in _targets(walk, node))


def _is_dbos(walk: Walk, node: ast.expr) -> bool:
    """Whether a context manager is one of the runtime, such as `SetWorkflowID`."""
    return any(
        isinstance(target, Boundary) and target.name.startswith("dbos.")
        for target in _targets(walk, node)
    )
