"""Concurrency: gathers, tasks and task groups, drawn as lanes that run side by side.

In: a walk and a call of `asyncio`. Out: a `gather` node, one way per coroutine, and the `join` at
which they meet; the term of the results. Steps that are called without being awaited take their
place when they are called, so they need no lane of their own.
Never: says in which order operations of different lanes are recorded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial

from dbos_build.flow import inlining
from dbos_build.flow.blocks import Block
from dbos_build.flow.expressions import acts
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import CAUGHT, Catcher, Pending, Walk
from dbos_build.interpreter.machine import Enter
from dbos_build.interpreter.values import External

COROUTINES = "coroutines"
"""The name of a gather with lanes that number their operations on their own."""
_TASKS = frozenset({"create_task", "ensure_future", "shield", "wait_for", "Task"})
_RUNNERS = frozenset({"asyncio.run", "anyio.run"})


def special(walk: Walk, node: ast.Call, *, is_awaited: bool) -> int | None:
    """The term of a call that starts or runs coroutines; None for any other call."""
    name = _name(walk, node)
    if not name.startswith(("asyncio.", "anyio.")):
        return None
    verb = name.rpartition(".")[2]
    if name == "asyncio.gather":
        return _gather(walk, node)
    if name in _RUNNERS and node.args and isinstance(node.args[0], ast.Call):
        return walk.call(node.args[0], is_awaited=True)
    if verb in _TASKS and node.args:
        return _task(walk, node)
    return None


def _name(walk: Walk, node: ast.Call) -> str:
    found = walk.frame.activation.values.get(node.func)
    names = {atom.name for atom in found.atoms if isinstance(atom, External)} if found else set()
    return names.pop() if len(names) == 1 else ""


def _gather(walk: Walk, node: ast.Call) -> int:
    """`asyncio.gather(a(), b())`."""
    active = [each for each in node.args if _runs(walk, each)]
    if not active:
        return walk.terms.make("list", *(walk.value(each) for each in node.args))
    keeps = any(
        each.arg == "return_exceptions"
        and isinstance(each.value, ast.Constant)
        and each.value.value is True
        for each in node.keywords
    )
    results: dict[int, int] = {}
    for position, each in enumerate(node.args):
        if each not in active:
            results[position] = walk.value(each)
    lanes = [partial(_lane_value, walk, each) for each in active]
    name = COROUTINES if any(_is_coroutine(walk, each) for each in active) else ""
    made = beside(walk, node, lanes, keeps_errors=keeps, name=name)
    for each, value in zip(active, made, strict=True):
        results[node.args.index(each)] = value
    return walk.terms.make("list", *(results[place] for place in range(len(node.args))))


def _runs(walk: Walk, node: ast.expr) -> bool:
    """Whether an argument starts an operation or is a coroutine that reaches one."""
    if acts(walk, node):
        return True
    return isinstance(node, ast.Name) and walk.value(node) in walk.pending


def _is_coroutine(walk: Walk, node: ast.expr) -> bool:
    """Whether a lane has positions of its own, because it runs a coroutine of the project."""
    if isinstance(node, ast.Name):
        return walk.value(node) in walk.pending
    return any(
        isinstance(target, Enter)
        for each in ast.walk(node)
        for target in walk.frame.activation.calls.get(each, ())
    )


def _lane_value(walk: Walk, node: ast.expr) -> int:
    """What one lane does: call a step, or run a coroutine to its end."""
    if isinstance(node, ast.Call):
        value = walk.call(node, is_kept=True)
    else:
        value = walk.value(node)
    pending = walk.pending.pop(value, None)
    return value if pending is None else inlining.resume(walk, pending)


def _task(walk: Walk, node: ast.Call) -> int:
    """`asyncio.create_task(coroutine)`; a step took its place when it was called."""
    first = node.args[0]
    value = walk.call(first, is_kept=True) if isinstance(first, ast.Call) else walk.value(first)
    pending = walk.pending.pop(value, None)
    return value if pending is None else lane(walk, node, pending)


def lane(walk: Walk, node: ast.AST, pending: Pending) -> int:
    """Draw one coroutine that runs beside what follows."""
    (value,) = beside(walk, node, [lambda: inlining.resume(walk, pending)], keeps_errors=False)
    return value


def beside(
    walk: Walk,
    node: ast.AST,
    lanes: Sequence[Callable[[], int]],
    *,
    keeps_errors: bool,
    name: str = COROUTINES,
) -> list[int]:
    """Draw lanes that run side by side, and go on where all of them have ended."""
    ended = walk.draw("gather", node, text=one_line(node), name=name)
    before = list(walk.catchers)
    ends: list[Block] = []
    values: list[int] = []
    failures: list[Block] = []
    for each in lanes:
        target = walk.blocks.block(sealed=False)
        walk.here = walk.blocks.block((ended, "parallel"))
        walk.catchers = [*before, Catcher(target)]
        value = each()
        walk.catchers = before
        walk.blocks.seal(target)
        value = _lane_end(walk, value, target, ends, failures, keeps_errors=keeps_errors)
        values.append(value)
    walk.here = walk.blocks.block(*((end, "") for end in ends)) if ends else None
    if walk.here is not None:
        walk.draw("join", node, text=one_line(node))
    _fail(walk, failures)
    return values


def _lane_end(
    walk: Walk,
    value: int,
    target: Block,
    ends: list[Block],
    failures: list[Block],
    *,
    keeps_errors: bool,
) -> int:
    """The end of a lane; with `return_exceptions` an error is a result like any other."""
    if not target.entries:
        if walk.here is not None:
            ends.append(walk.here)
        return value
    if not keeps_errors:
        failures.append(target)
        if walk.here is not None:
            ends.append(walk.here)
        return value
    variable = (walk.frame.number, f"*lane{walk.fresh()}")
    walk.write(variable, value)
    good, walk.here = walk.here, target
    walk.write(variable, walk.read(CAUGHT))
    walk.meet(good, walk.here)
    found = walk.read(variable)
    if walk.here is not None:
        ends.append(walk.here)
    return found


def _fail(walk: Walk, failures: Sequence[Block]) -> None:
    """Lead the errors of lanes to what catches them around the gather."""
    for catcher in reversed(walk.catchers):
        if catcher.target is not None:
            for failure in failures:
                walk.blocks.enter(failure, catcher.target)
            return
