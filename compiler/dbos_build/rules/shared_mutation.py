"""shared-mutation: a workflow changes an object of its module.

In: the analysed program. Out: the findings of DBS602. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import STORES, per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.rules.state import lazy_stores, shared_stores


@per_activation(STORES, is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The changes made by one function."""
    lazy = lazy_stores(activation)
    for store in shared_stores(activation):
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
    check=flags_in("workflow"),
    looks=(_places,),
)
