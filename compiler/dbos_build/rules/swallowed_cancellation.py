"""swallowed-cancellation: a workflow catches its own cancellation.

In: the analysed program. Out: the findings of DBS819. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External
from dbos_build.rules.coroutines import does_work
from dbos_build.rules.rule import Rule, places_within
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


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Handlers around durable operations that let no cancellation through."""
    return places_within(rule, program, ("workflow",), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """The handlers of one function."""
    activation = item.activation
    function = activation.function
    for node in every(function.node, *_GUARDS) if function is not None else ():
        if not does_work(activation, node.body):
            continue
        if isinstance(node, ast.Try | ast.TryStar):
            caught = False
            for handler in node.handlers:
                if not caught and _catches(activation, handler.type):
                    caught = True
                    if not every(handler, ast.Raise):
                        yield handler, MESSAGE
        else:
            for entry in node.items:
                call = entry.context_expr
                if not isinstance(call, ast.Call) or not _names(activation, call.func) & _SUPPRESS:
                    continue
                if any(_catches(activation, argument) for argument in call.args):
                    yield call, MESSAGE


_GUARDS = (ast.Try, ast.TryStar, ast.With)
_SUPPRESS = frozenset({"contextlib.suppress"})


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
    check=check,
)
