"""shared-mutation: a workflow changes an object of its module.

In: the analysed program. Out: the findings of DBS602. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, places_within
from dbos_build.rules.state import lazy_stores, shared_stores


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Changes of module objects in what workflows run."""
    return places_within(rule, program, ("workflow",), _places)


def _places(item: Reached) -> Iterator[tuple[ast.AST, str]]:
    """The changes made by one function."""
    lazy = lazy_stores(item.activation)
    for store in shared_stores(item.activation):
        if store.node not in lazy:
            message = f"`{store.name}` is shared by all runs of a process, and lost with it"
            yield store.node, message


RULE = Rule(
    code="DBS602",
    name="shared-mutation",
    severity=Severity.ERROR,
    summary="a workflow changes an object of its module",
    why=(
        "The object lives in one process and is shared by all runs in it; a recovered run "
        "finds it in another state."
    ),
    instead="Use a local object, or keep the state in a database through steps and transactions.",
    bad=(
        """\
from dbos import DBOS

CACHE: dict[str, int] = {}


@DBOS.workflow()
def checkout(name: str) -> int:
    CACHE[name] = 1  # flags: DBS602
    return len(name)
""",
    ),
    good=(
        """\
from dbos import DBOS

@DBOS.workflow()
def checkout(name: str) -> int:
    cache: dict[str, int] = {}
    cache[name] = 1
    return cache[name]
""",
    ),
    check=check,
)
