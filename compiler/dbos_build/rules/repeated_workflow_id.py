"""repeated-workflow-id: several workflows are started under one workflow id.

In: the analysed program. Out: the findings of DBS823. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import api_calls
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import program_activations, reached_functions
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Enter
from dbos_build.names.symbols import Function
from dbos_build.rules.rule import Rule, once
from dbos_build.syntax import (
    LOOPS,
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

    def found() -> Iterator[Finding]:
        activations = list(program_activations(program))
        identifying = [each for each in activations if _may_repeat(each)]
        if not identifying:
            return
        repeated = _called_in_loops(activations)
        durable = reached_functions(program)
        for activation in identifying:
            for node in _repeats(activation, repeated, durable):
                yield rule.finding(activation.module.path, node, message)

    return once(found())


def _may_repeat(activation: Activation) -> bool:
    """Whether a function sets an id; a test that does so twice wants the same workflow."""
    function = activation.function
    if function is None or ".test_" in f".{function.qualname}":
        return False
    return any(name == "dbos.SetWorkflowID" for _, name in api_calls(activation))


def _repeats(
    activation: Activation, repeated: set[Function], durable: frozenset[Function]
) -> Iterator[ast.AST]:
    """The blocks of one function that use an id again.

    Plain code that uses a literal id twice in a row asks for the same workflow on purpose.
    """
    function = activation.function
    given = _identified(activation)
    if function is None or not given:
        return
    parents = parents_of(function.node)
    for block, identity in given.items():
        in_loop = _stays_the_same(block, identity, parents)
        if in_loop or (function in repeated and isinstance(identity, ast.Constant)):
            yield block
    if function in durable:
        yield from _in_a_row(function.node, given)


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


def _called_in_loops(activations: list[Activation]) -> set[Function]:
    """The functions of the project that some loop calls."""
    found: set[Function] = set()
    for activation in activations:
        if activation.function is None:
            continue
        inside = {
            part
            for node in own(activation.function.node, *LOOPS)
            if not leaves(node.body)
            for statement in node.body
            for part in walk(statement)
        }
        for node in inside & activation.calls.keys():
            for target in activation.calls[node]:
                if isinstance(target, Enter) and target.activation.function is not None:
                    found.add(target.activation.function)
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
)
