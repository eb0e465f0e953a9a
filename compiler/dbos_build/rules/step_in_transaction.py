"""step-in-transaction: a transaction calls a step, a workflow or another transaction.

In: the analysed program. Out: the findings of DBS802. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Boundary, Target
from dbos_build.names.interface import role
from dbos_build.rules.looks import per_call
from dbos_build.rules.rule import Rule, flags_in


@per_call("workflow", "step", "transaction", "api")
def _message(target: Target) -> str | None:
    """What is wrong with a call in a transaction, if anything."""
    if not isinstance(target, Boundary):
        return None
    if target.kind != "api":
        return f"a transaction calls the {target.kind} `{target.name}`"
    tail = target.name.rpartition(".")[2].removesuffix("_async")
    if role(target.name) == "start":
        return f"a transaction starts a workflow (`{tail}`)"
    return None


RULE = Rule(
    code="DBS802",
    name="step-in-transaction",
    severity=Severity.ERROR,
    summary="a transaction calls a step, a workflow or another transaction",
    why=(
        "A transaction commits once with its checkpoint; what is called in it would commit or "
        "be recorded on its own."
    ),
    instead=(
        "Call the step from the workflow, before or after the transaction, and share plain "
        "functions."
    ),
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.transaction()
def store(name: str) -> str:
    return charge(name)  # flags: DBS802
""",
    ),
    good=(
        """\
from dbos import DBOS


def normal(name: str) -> str:
    return name.lower()


@DBOS.transaction()
def store(name: str) -> str:
    return normal(name)
""",
    ),
    check=flags_in("transaction"),
    looks=(_message,),
)
