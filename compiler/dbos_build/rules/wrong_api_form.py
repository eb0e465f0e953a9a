"""wrong-api-form: the synchronous form of the API is used in a coroutine, or the other way round.

In: the analysed program. Out: the findings of DBS809. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import is_in_thread
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary, Use
from dbos_build.names.interface import has_twin, role
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, noted, once
from dbos_build.syntax import every

_NOT_IN_STEPS = frozenset({"start", "workflow", "durable"})
"""Roles of operations that a step cannot do in either form."""


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Operations in the form of the other kind of function."""
    return once(
        [
            *noted(rule, program, ("workflow",), _places),
            *noted(rule, program, ("step",), _places, _judge_in_step),
        ]
    )


def _judge_in_step(activation: Activation, node: ast.AST, message: str) -> str | None:
    """In a step only operations count that work there; other rules speak of the rest."""
    names = [each.name for each in activation.calls.get(node, ()) if isinstance(each, Boundary)]
    return None if names and all(role(name) in _NOT_IN_STEPS for name in names) else message


@per_activation("api")
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The calls of one function."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return
    for node, targets in activation.calls.items():
        for target in targets:
            if not isinstance(target, Boundary) or not target.name.startswith("dbos."):
                continue
            tail = target.name.rpartition(".")[2]
            blocking = target.name.removesuffix("_async")
            if function.is_async and has_twin(target.name) and not is_in_thread(activation, node):
                yield node, f"`{tail}` blocks the event loop; await `{tail}_async`"
            elif (
                not function.is_async
                and blocking != target.name
                and has_twin(blocking)
                and node not in _handed_on(activation)
            ):
                yield node, f"`{tail}` needs an await; use `{blocking.rpartition('.')[2]}` here"


def _handed_on(activation: Activation) -> set[ast.AST]:
    """The coroutines that a plain function leaves to somebody else to await.

    They are its result, or arguments of what is no plain operation on values.
    """
    assert activation.function is not None
    found: set[ast.AST] = set()
    for node in every(activation.function.node, ast.Return, ast.Call):
        if isinstance(node, ast.Return):
            found.update([node.value] if node.value is not None else [])
        elif not any(
            isinstance(target, Use) and target.name.startswith("builtins.")
            for target in activation.calls.get(node, ())
        ):
            found.update(node.args)
            found.update(keyword.value for keyword in node.keywords)
    return found


RULE = Rule(
    code="DBS809",
    name="wrong-api-form",
    severity=Severity.ERROR,
    summary="the synchronous form of the API is used in a coroutine, or the other way round",
    why=(
        "The synchronous form blocks the event loop, and the asynchronous form does nothing "
        "without an await."
    ),
    instead="In coroutines await the form that ends in _async; elsewhere use the other one.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
async def checkout() -> None:
    DBOS.sleep(1)  # flags: DBS809
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
async def checkout() -> None:
    await DBOS.sleep_async(1)
""",
    ),
    check=check,
    looks=(_places,),
)
