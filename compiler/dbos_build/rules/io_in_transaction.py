"""io-in-transaction: a transaction does more than talk to its database.

In: the analysed program. Out: the findings of DBS806. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Target, Use
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, flags_in

_SLOW = frozenset({"network", "client", "file", "process", "sleep", "agent", "thread", "input"})


@per_call(*_SLOW)
def _message(target: Target) -> str | None:
    """What is wrong with a use, if anything."""
    if isinstance(target, Use) and target.effects[:1] and target.effects[0] in _SLOW:
        return f"`{target.name}` in a transaction is repeated on conflicts, and holds locks"
    return None


RULE = Rule(
    code="DBS806",
    name="io-in-transaction",
    severity=Severity.WARNING,
    summary="a transaction does more than talk to its database",
    why=(
        "A transaction is repeated when it conflicts with another one, and it holds locks "
        "while it waits for the network."
    ),
    instead="Do the other work in a step and pass its result.",
    bad=(
        """\
import requests

from dbos import DBOS


@DBOS.transaction()
def store() -> str:
    return requests.get("https://example.com").text  # flags: DBS806
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.transaction()
def store(name: str) -> str:
    return name.upper()
""",
    ),
    check=flags_in("transaction"),
    looks=(_message,),
)
