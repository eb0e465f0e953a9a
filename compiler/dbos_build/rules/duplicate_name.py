"""duplicate-name: two durable functions have the same registered name.

In: the analysed program. Out: the findings of DBS814. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Declarations of one kind that share a name."""

    def found() -> Iterator[Finding]:
        for group in (program.workflows, program.steps, program.transactions, program.classes):
            known: dict[str, Declaration] = {}
            for declaration in group:
                first = known.setdefault(declaration.name, declaration)
                if first is not declaration:
                    message = (
                        f"the {declaration.kind} name {declaration.name!r} is taken by "
                        f"{first.path}:{first.line}"
                    )
                    yield rule.finding(declaration.path, declaration.node, message)

    return list(found())


RULE = Rule(
    code="DBS814",
    name="duplicate-name",
    severity=Severity.ERROR,
    summary="two durable functions have the same registered name",
    why=(
        "The name is how a recovered run finds its code; with two functions of one name it "
        "may run the other one."
    ),
    instead="Give one of them another name, for example with name=.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow(name="order")
def first() -> str:
    return "a"


@DBOS.workflow(name="order")
def second() -> str:  # flags: DBS814
    return "b"
""",
    ),
    good=(
        """\
from dbos import DBOS


class Shop:
    @staticmethod
    @DBOS.workflow()
    def order() -> str:
        return "a"


class Bakery:
    @staticmethod
    @DBOS.workflow()
    def order() -> str:
        return "b"
""",
    ),
    check=check,
    needs_whole=True,
)
