"""repeated-workflow-id: several workflows are started under one workflow id.

In: the analysed program. Out: the findings of DBS823. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dbos_build.analysis.literals import api_calls
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Enter
from dbos_build.names.symbols import Function
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of
from dbos_build.syntax import (
    LOOPS,
    SCOPES,
    Parents,
    ancestors,
    blocks,
    leaves,
    own,
    own_body,
    parents_of,
    walk,
)


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Ids that do not change in a loop, or that two blocks in a row use."""
    message = "every start after the first finds this id taken and runs nothing"

    survey = survey_of(program, rule.looks)

    def is_repeated(function: Function | None) -> bool:
        repeated = survey.once(
            "called in loops", lambda: {each for _, _, each in survey.everywhere(_called_in_loops)}
        )
        return function in repeated

    return once(
        rule.finding(activation.module.path, block, message)
        for activation, block, given in survey.everywhere(_blocks)
        if given.in_loop
        or (given.is_literal and is_repeated(activation.function))
        or (given.is_again and activation.function in survey.durable)
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """How a block gets its id: in a loop that keeps it, as a literal, as one of a block before.

    Plain code that uses a literal id twice in a row asks for the same workflow on purpose.
    """

    in_loop: bool
    is_literal: bool
    is_again: bool


@per_activation("dbos.SetWorkflowID")
def _blocks(activation: Activation) -> Iterator[tuple[ast.AST, _Given]]:
    """The blocks of one function whose id may be that of another start.

    A test that sets an id twice wants the same workflow.
    """
    function = activation.function
    if function is None or ".test_" in f".{function.qualname}":
        return
    given = _identified(activation)
    if given:
        parents = parents_of(function.node)
        again = set(_in_a_row(function.node, given))
        for block, identity in given.items():
            in_loop = _stays_the_same(block, identity, parents)
            yield block, _Given(in_loop, isinstance(identity, ast.Constant), block in again)


def _identified(activation: Activation) -> dict[ast.With | ast.AsyncWith, ast.expr]:
    """The blocks under a workflow id, with the id."""
    ids = {node for node, name in api_calls(activation) if name == "dbos.SetWorkflowID"}
    function = activation.function
    assert function is not None
    return {
        node: call.args[0]
        for node in (own(function.node, ast.With, ast.AsyncWith) if ids else ())
        if not leaves(node.body)
        for call in (item.context_expr for item in node.items)
        if isinstance(call, ast.Call) and call in ids and call.args
    }


def _stays_the_same(block: ast.AST, identity: ast.expr, parents: Parents) -> bool:
    """Whether a block is run again by a loop that does not change its id.

    Calls may give another id each time. A block in a `try` is a start that is tried again.
    """
    if any(isinstance(part, ast.Call) for part in walk(identity)):
        return False
    names = {part.id for part in walk(identity) if isinstance(part, ast.Name)}
    inner: ast.AST = block
    for outer in ancestors(block, parents):
        if isinstance(outer, ast.Try | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return False
        if any(inner in held and leaves(held) for held in blocks(outer)):
            return False
        if isinstance(outer, LOOPS):
            return inner in outer.body and not names & _bound(outer)
        inner = outer
    return False


def _bound(loop: ast.AST) -> set[str]:
    """The names that a loop binds."""
    return {
        part.id
        for part in walk(loop)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _in_a_row(root: ast.AST, given: dict[ast.With | ast.AsyncWith, ast.expr]) -> Iterator[ast.AST]:
    """Blocks that use the literal id of an earlier one beside them."""
    for node in (root, *own_body(root)):
        for held in blocks(node):
            seen: set[object] = set()
            for statement in held:
                identity = given.get(statement) if isinstance(statement, _WITHS) else None
                if isinstance(identity, ast.Constant):
                    if identity.value in seen:
                        yield statement
                    seen.add(identity.value)


_WITHS = (ast.With, ast.AsyncWith)


@per_activation(*LOOPS, is_local=False)
def _called_in_loops(activation: Activation) -> Iterator[tuple[ast.AST, Function]]:
    """The functions of the project that loops of one function call; few programs need to know."""
    if activation.function is None:
        return
    root = activation.function.node
    for node, targets in activation.calls.items():
        entered = [t.activation.function for t in targets if isinstance(t, Enter)]
        if entered and _is_in_loop(node, root):
            yield from ((node, function) for function in entered if function is not None)


def _is_in_loop(node: ast.AST, root: ast.AST) -> bool:
    """Whether a loop of a function, not of one nested in it, runs a node again."""
    found, inner = False, node
    for outer in ancestors(node, parents_of(root)):
        if outer is root:
            break
        if isinstance(outer, SCOPES):
            found = False
        elif isinstance(outer, LOOPS) and inner in outer.body:
            found = found or not leaves(outer.body)
        inner = outer
    return found


RULE = Rule(
    code="DBS823",
    name="repeated-workflow-id",
    severity=Severity.WARNING,
    summary="several workflows are started under one workflow id",
    why="The second start finds the first workflow and returns its result: nothing new runs.",
    instead="Put what tells the runs apart, such as the loop variable, into the id.",
    bad=(
        """\
from dbos import DBOS, SetWorkflowID


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: list[str]) -> None:
    for name in names:
        with SetWorkflowID("child"):  # flags: DBS823
            child(name)
""",
    ),
    good=(
        """\
from dbos import DBOS, SetWorkflowID


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(names: list[str]) -> None:
    for name in names:
        with SetWorkflowID(f"{DBOS.workflow_id}-{name}"):
            child(name)
""",
    ),
    check=check,
    looks=(_blocks, _called_in_loops),
)
