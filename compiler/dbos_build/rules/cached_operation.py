"""cached-operation: a cache hides durable operations.

In: the analysed program. Out: the findings of DBS608. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached, links
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Link, Severity
from dbos_build.rules.coroutines import operations
from dbos_build.rules.rule import Rule, once, workflow_items


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Cached functions that run durable operations."""
    if not program.engine.cached:
        return []

    def found() -> Iterator[Finding]:
        for declaration, item in workflow_items(program):
            function = item.activation.function
            if function in program.engine.cached and operations(item.activation):
                yield rule.finding(
                    item.activation.module.path,
                    function.node,
                    f"`{function.name}` is cached, so its durable operations run once only",
                    workflow=declaration.name,
                    chain=_chain(item),
                )

    return once(found())


def _chain(item: Reached) -> tuple[Link, ...]:
    """The calls that lead to a cached function."""
    function = item.activation.function
    assert function is not None
    return links(item.way, item.activation, function.node, function.name)


RULE = Rule(
    code="DBS608",
    name="cached-operation",
    severity=Severity.ERROR,
    summary="a cache hides durable operations",
    why=(
        "Whether the step runs depends on what was cached in this process, so a recovered run "
        "records other steps."
    ),
    instead="Remove the cache; the result of a step is recorded anyway.",
    bad=(
        """\
from functools import cache

from dbos import DBOS


@DBOS.step()
def price(name: str) -> int:
    return len(name)


@cache
def cached_price(name: str) -> int:  # flags: DBS608
    return price(name)


@DBOS.workflow()
def checkout(name: str) -> int:
    return cached_price(name)
""",
    ),
    good=(
        """\
from functools import cache

from dbos import DBOS


@cache
def double(number: int) -> int:
    return number * 2


@DBOS.workflow()
def checkout(number: int) -> int:
    return double(number)
""",
    ),
    check=check,
)
