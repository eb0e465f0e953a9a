"""durable-generator: a workflow, step or transaction is a generator.

In: the analysed program. Out: the findings of DBS826. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.reading import yields
from dbos_build.rules.rule import Rule


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable functions that yield."""

    def found() -> Iterator[Finding]:
        for declaration in (*program.workflows, *program.steps, *program.transactions):
            message = _message(declaration)
            if message is not None:
                yield rule.finding(declaration.path, declaration.node, message)

    return list(found())


def _message(declaration: Declaration) -> str | None:
    """What is wrong with a declaration, if anything."""
    if yields(declaration.node):
        return f"the {declaration.kind} `{declaration.name}` is a generator; return a list"
    return None


RULE = Rule(
    code="DBS826",
    name="durable-generator",
    severity=Severity.ERROR,
    summary="a workflow, step or transaction is a generator",
    why=(
        "Its result is an iterator, which cannot be recorded; the body would not even have "
        "run when it is returned."
    ),
    instead="Return a list.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def names() -> list[str]:  # flags: DBS826
    yield "a"
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def names() -> list[str]:
    return [name for name in ("a", "b")]
""",
    ),
    check=check,
)
