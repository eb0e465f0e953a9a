"""unaddressable-function: a durable function is defined inside another function.

In: the analysed program. Out: the findings of DBS812. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.declarations import Declaration
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.rules.rule import Rule


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
    if "<locals>" in declaration.qualname or "<lambda>" in declaration.qualname:
        return f"the {declaration.kind} `{declaration.name}` is not at the top of a module or class"
    return None


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
