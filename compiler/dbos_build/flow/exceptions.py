"""Exceptions: what is drawn for `raise`, `try` and `with`.

In: a walk and statements. Out: ways from what may raise to what catches it, and decisions about
which handler that is.
Never: follows an error that no operation, no `raise` and no risky computation of the body makes.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from dbos_build.flow.blocks import Block
from dbos_build.flow.expressions import acts
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import CAUGHT, Catcher, Walk
from dbos_build.interpreter.machine import Boundary, Enter
from dbos_build.interpreter.values import External

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
    if not node.finalbody:
        _catching(walk, node)
        return
    is_caught = any(catcher.target is not None for catcher in walk.catchers)
    target = walk.blocks.block(sealed=False) if is_caught or acts(walk, *node.finalbody) else None
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


def _catching(walk: Walk, node: ast.Try | ast.TryStar) -> None:
    """The body, the handlers and the `else` of a `try`."""
    if not node.handlers:
        walk.run(node.body)
        walk.run(node.orelse)
        return
    target = _watched(walk, node, node.body)
    walk.run(node.orelse)
    ends = [walk.here]
    if target.entries:
        walk.here = target
        for handler in node.handlers:
            ends.append(_handled(walk, handler))
        rethrow(walk, node)
    walk.meet(*ends)


def _watched(walk: Walk, node: ast.AST, body: Sequence[ast.stmt]) -> Block:
    """Draw a body whose errors arrive at the block that is answered."""
    target = walk.blocks.block(sealed=False)
    walk.catchers.append(Catcher(target, (), walk.frame))
    if walk.risks:
        walk.settle_risks(node)
    outer, walk.risks = walk.risks, []
    walk.run(body)
    if walk.risks:
        walk.settle_risks(node)
    walk.risks = outer
    walk.catchers.pop()
    walk.blocks.seal(target)
    return target


def _handled(walk: Walk, handler: ast.ExceptHandler) -> Block | None:
    """Draw one handler, and go on with the errors that it does not catch; answers its end."""
    if walk.here is None:
        return None
    error = walk.read(CAUGHT)
    shown = "" if handler.type is None else one_line(handler.type)
    label = f"except {shown}".rstrip()
    condition = -1
    if handler.type is not None and shown not in _BROAD:
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
    surrounding, is_silent = len(walk.contexts), False
    for item in node.items:
        manager = walk.value(item.context_expr)
        if acts(walk, item.context_expr) and _is_entered(walk, item.context_expr):
            walk.draw("opaque", item.context_expr, text=one_line(item), value=manager)
        if _is_dbos(walk, item.context_expr):
            walk.contexts.append(manager)
        is_silent = is_silent or _suppresses(walk, item.context_expr)
        if item.optional_vars is not None:
            walk.assign(item.optional_vars, walk.terms.make("enter", manager))
    if is_silent:
        _suppressed(walk, node)
    else:
        walk.run(node.body)
    del walk.contexts[surrounding:]


def _suppressed(walk: Walk, node: ast.With | ast.AsyncWith) -> None:
    """The body below `contextlib.suppress`: its errors lead behind it."""
    target = _watched(walk, node, node.body)
    ends = [walk.here]
    if target.entries:
        walk.here = target
        shown = ", ".join(one_line(item.context_expr) for item in node.items)
        managers = [walk.value(item.context_expr) for item in node.items]
        condition = walk.terms.scalar("suppressed", walk.read(CAUGHT), *managers)
        ended = walk.draw("except", node, text=shown, value=condition)
        ends.append(walk.blocks.block((ended, f"except {shown}")))
        walk.here = walk.blocks.block((ended, "no"))
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


def _suppresses(walk: Walk, node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    found = walk.frame.activation.values.get(node.func)
    return found is not None and any(
        isinstance(atom, External) and atom.name == "contextlib.suppress" for atom in found.atoms
    )
