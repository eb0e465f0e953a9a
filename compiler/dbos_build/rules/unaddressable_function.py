"""unaddressable-function: a durable function is defined inside another function.

In: the analysed program. Out: the findings of DBS812. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.declarations import Declaration
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.rules.rule import Rule
from dbos_build.symbols import statements


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable functions nested in functions."""

    def found() -> Iterator[Finding]:
        for declaration in (*program.workflows, *program.steps, *program.transactions):
            message = _message(declaration)
            if message is not None:
                yield rule.finding(declaration.path, declaration.node, message)

    return list(found())


def _message(declaration: Declaration) -> str | None:
    """What is wrong with a declaration, if anything."""
    if any(mark in declaration.qualname for mark in ("<locals>", "<lambda>")) or _in_loop(
        declaration
    ):
        return f"the {declaration.kind} `{declaration.name}` is not at the top of a module or class"
    return None


def _in_loop(declaration: Declaration) -> bool:
    """Whether a definition stands in a loop, so that the last round replaces the others."""
    tree = declaration.entity.module.tree
    return tree is not None and any(
        declaration.node in ast.walk(loop)
        for loop in statements(tree.body)
        if isinstance(loop, ast.For | ast.While)
    )


RULE = Rule(
    code="DBS812",
    name="unaddressable-function",
    severity=Severity.ERROR,
    summary="a durable function is defined inside another function",
    why=(
        "Recovery finds functions by module and name; one that exists only while another runs "
        "cannot be found."
    ),
    instead=(
        "Define it at the top of the module or in a class, and pass what it needs as arguments."
    ),
    bad=(
        """\
from dbos import DBOS


def make() -> object:
    @DBOS.workflow()
    def checkout() -> str:  # flags: DBS812
        return "done"

    return checkout


made = make()
""",
    ),
    good=(
        """\
from dbos import DBOS


class Shop:
    @staticmethod
    @DBOS.workflow()
    def checkout() -> str:
        return "done"
""",
    ),
    check=check,
    fix=None,
)
