"""instance-mutation: a workflow changes the object or class it is a method of.

In: the analysed program. Out: the findings of DBS604. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import STORES, per_activation
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.rules.state import lazy_stores, own_stores


@per_activation(STORES, is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The writes of one function."""
    lazy = lazy_stores(activation)
    for store in own_stores(activation):
        if store.node not in lazy:
            message = f"`{store.name}` belongs to the process; a recovered run finds another value"
            yield store.node, message


RULE = Rule(
    code="DBS604",
    name="instance-mutation",
    severity=Severity.ERROR,
    summary="a workflow changes the object or class it is a method of",
    why=(
        "The object is made anew in every process, so a recovered run finds it as it was at "
        "the start."
    ),
    instead="Keep what changes in local variables, or in a database.",
    bad=(
        """\
from dbos import DBOS, DBOSConfiguredInstance


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self) -> None:
        super().__init__(config_name="main")
        self.count = 0

    @DBOS.workflow()
    def sell(self) -> int:
        self.count += 1  # flags: DBS604
        return 1
""",
    ),
    good=(
        """\
from dbos import DBOS, DBOSConfiguredInstance


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, url: str) -> None:
        super().__init__(config_name=url)
        self.url = url

    @DBOS.workflow()
    def sell(self) -> str:
        url = self.url
        return url
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
