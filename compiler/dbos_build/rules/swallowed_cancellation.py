"""swallowed-cancellation: a workflow catches its own cancellation.

In: the analysed program. Out: the findings of DBS819. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External
from dbos_build.rules.coroutines import does_work
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, judged_in
from dbos_build.syntax import every

_CANCELLING = frozenset(
    {
        "builtins.BaseException",
        "asyncio.CancelledError",
        "asyncio.exceptions.CancelledError",
        "concurrent.futures.CancelledError",
        "dbos.error.DBOSWorkflowCancelledError",
        "dbos.DBOSWorkflowCancelledError",
        "dbos.error.DBOSAwaitedWorkflowCancelledError",
    }
)
MESSAGE = "this also catches the cancellation of the workflow, which then goes on"


_GUARDS = (ast.Try, ast.TryStar, ast.With)
_SUPPRESS = frozenset({"contextlib.suppress"})


@per_activation(*_GUARDS)
def _catching(activation: Activation) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """What lets no cancellation through in one function, with the statements that it guards."""
    function = activation.function
    for node in every(function.node, *_GUARDS) if function is not None else ():
        if isinstance(node, ast.Try | ast.TryStar):
            caught = False
            for handler in node.handlers:
                if not caught and _catches(activation, handler.type):
                    caught = True
                    if not every(handler, ast.Raise):
                        yield handler, node.body
        else:
            for entry in node.items:
                call = entry.context_expr
                if not isinstance(call, ast.Call) or not _names(activation, call.func) & _SUPPRESS:
                    continue
                if any(_catches(activation, argument) for argument in call.args):
                    yield call, node.body


def _judge(activation: Activation, node: ast.AST, body: list[ast.stmt]) -> str | None:
    """What is wrong with a handler, if it guards anything durable."""
    return MESSAGE if does_work(activation, body) else None


def _names(activation: Activation, node: ast.expr) -> set[str]:
    """The qualified names an expression may stand for."""
    atoms = activation.values.get(node, NOTHING).atoms
    return {atom.name for atom in atoms if isinstance(atom, External)}


def _catches(activation: Activation, kind: ast.expr | None) -> bool:
    """Whether a handler's type covers cancellation."""
    if kind is None:
        return True
    parts = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(_names(activation, part) & _CANCELLING for part in parts)


RULE = Rule(
    code="DBS819",
    name="swallowed-cancellation",
    severity=Severity.ERROR,
    summary="a workflow catches its own cancellation",
    why=(
        "A cancelled or timed-out workflow is stopped by an exception at its next operation; "
        "who catches it keeps the workflow running."
    ),
    instead="Catch Exception, or raise again.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def charge() -> str:
    return "paid"


@DBOS.workflow()
def checkout() -> str:
    try:
        return charge()
    except BaseException:  # flags: DBS819
        return "failed"
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def charge() -> str:
    return "paid"


@DBOS.workflow()
def checkout() -> str:
    try:
        return charge()
    except Exception:
        return "failed"
""",
    ),
    check=judged_in("workflow", judge=_judge),
    looks=(_catching,),
)
