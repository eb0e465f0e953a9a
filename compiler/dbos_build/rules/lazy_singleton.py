"""lazy-singleton: a workflow fills a module variable when it is first needed.

In: the analysed program. Out: the findings of DBS610. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.rules.state import lazy_fills
from dbos_build.syntax import every


@per_activation(ast.If, ast.BoolOp)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The tests in one function."""
    declared = _declaring(activation)
    for test, _ in lazy_fills(activation):
        if test in declared:
            continue
        yield test, "filled on first use: the first run of a process goes another way than the rest"


_DECLARES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def _declaring(activation: Activation) -> set[ast.AST]:
    """The tests below which functions are only defined and stored: nothing is asked for there."""
    function = activation.function
    return {
        node.test
        for node in (every(function.node, ast.If) if function is not None else ())
        if any(isinstance(statement, _DECLARES) for statement in node.body)
        and all(_is_plain(statement) for statement in node.body)
    }


def _is_plain(statement: ast.stmt) -> bool:
    """Whether a statement defines something or gives a defined thing another name."""
    if isinstance(statement, ast.Assign):
        return isinstance(statement.value, ast.Name)
    return isinstance(statement, (*_DECLARES, ast.Global, ast.Nonlocal))


RULE = Rule(
    code="DBS610",
    name="lazy-singleton",
    severity=Severity.WARNING,
    summary="a workflow fills a module variable when it is first needed",
    why=(
        "The first run in a process takes the branch that fills it and later ones do not, so "
        "a recovered run can do other steps."
    ),
    instead="Fill it when the module is loaded, or in a step.",
    bad=(
        """\
from dbos import DBOS

_client: object = None


@DBOS.workflow()
def checkout() -> object:
    global _client
    if _client is None:  # flags: DBS610
        _client = object()
    return 1
""",
    ),
    good=(
        """\
from dbos import DBOS

_client = object()


@DBOS.workflow()
def checkout() -> str:
    client = None
    if client is None:
        client = "x"
    return client
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
