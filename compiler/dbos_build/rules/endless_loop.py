"""endless-loop: a workflow records something at each turn of a loop without an end.

In: the analysed program. Out: the findings of DBS707. Never does: flag a loop that can be left, or
one that hands its work to child workflows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, External
from dbos_build.rules.coroutines import does_work
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, judged_in
from dbos_build.syntax import every, walk

MESSAGE = (
    "this loop has no end and records something at each turn; recovery repeats all of them, "
    "and the history grows for ever"
)
_ENDLESS = frozenset({"itertools.count", "itertools.cycle"})
_STARTS = frozenset({"start_workflow", "start_workflow_async", "enqueue", "enqueue_async"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@per_activation(*_LOOPS)
def _endless(activation: Activation) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """The loops of one function that nothing ends, with their bodies."""
    function = activation.function
    for node in every(function.node, *_LOOPS) if function is not None else ():
        if not _is_endless(activation, node):
            continue
        if not any(_leaves(statement, is_own=True) for statement in node.body):
            yield node, node.body


def _judge(activation: Activation, node: ast.AST, body: list[ast.stmt]) -> str | None:
    """What is wrong with an endless loop, if it is durable."""
    is_durable = does_work(activation, body) and not _starts_children(activation, body)
    return MESSAGE if is_durable else None


def _is_endless(activation: Activation, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether a loop's head never ends it."""
    if isinstance(node, ast.While):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    match node.iter:
        case ast.Call(func=func, args=arguments):
            atoms = activation.values.get(func, NOTHING).atoms
            names = {atom.name for atom in atoms if isinstance(atom, External)}
            forever = "itertools.repeat" in names and len(arguments) == 1
            return bool(names) and (names <= _ENDLESS or forever)
    return False


def _leaves(node: ast.AST, *, is_own: bool) -> bool:
    """Whether a statement may leave the loop; `is_own` while a break concerns that loop."""
    if isinstance(node, ast.Return | ast.Raise | ast.Assert | ast.Yield):
        return True
    if isinstance(node, ast.Break):
        return is_own
    if isinstance(node, _SCOPES):
        return False
    own = is_own and not isinstance(node, _LOOPS)
    return any(_leaves(child, is_own=own) for child in ast.iter_child_nodes(node))


def _starts_children(activation: Activation, body: list[ast.stmt]) -> bool:
    """Whether the turns of a loop are child workflows."""
    for statement in body:
        for node in walk(statement):
            for target in activation.calls.get(node, ()):
                if isinstance(target, Boundary):
                    tail = target.name.rpartition(".")[2]
                    if target.kind == "workflow" or (target.kind == "api" and tail in _STARTS):
                        return True
    return False


RULE = Rule(
    code="DBS707",
    name="endless-loop",
    severity=Severity.WARNING,
    summary="a workflow records something at each turn of a loop without an end",
    why=(
        "Every turn adds to the history, and a recovered run goes through all of it before it "
        "does anything new."
    ),
    instead="Make a turn a scheduled workflow, or start the next turn as a workflow and return.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def poll() -> str:
    return "polled"


@DBOS.workflow()
def watch() -> None:
    while True:  # flags: DBS707
        poll()
        DBOS.sleep(60)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def poll() -> str:
    return "polled"


@DBOS.workflow()
def watch() -> str:
    while True:
        if poll() == "polled":
            return "done"
        DBOS.sleep(60)
""",
    ),
    check=judged_in("workflow", judge=_judge),
    looks=(_endless,),
)
