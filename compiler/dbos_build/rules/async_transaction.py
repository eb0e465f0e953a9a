"""async-transaction: a transaction is a coroutine.

In: the analysed program. Out: the findings of DBS808. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, declared_on


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Transactions that are async functions."""

    def found() -> Iterator[Finding]:
        for declaration in (*program.transactions,):
            message = _message(program, declaration)
            if message is not None:
                yield rule.finding(declaration.path, declaration.node, message)

    return list(found())


def _message(program: Program, declaration: Declaration) -> str | None:
    """What is wrong with a transaction, if anything; asynchronous datasources want coroutines."""
    if declaration.is_async and not declared_on(program, declaration).startswith("dbos.Async"):
        return f"the transaction `{declaration.name}` is a coroutine; make it a plain function"
    return None


RULE = Rule(
    code="DBS808",
    name="async-transaction",
    severity=Severity.ERROR,
    summary="a transaction is a coroutine",
    why="Transactions run on a synchronous session; a coroutine would not run in it at all.",
    instead="Make it a plain function, and call it with asyncio.to_thread from a coroutine.",
    bad=(
        """\
from dbos import DBOS


@DBOS.transaction()
async def store(name: str) -> str:  # flags: DBS808
    return name
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.transaction()
def store(name: str) -> str:
    return name
""",
    ),
    check=check,
)
