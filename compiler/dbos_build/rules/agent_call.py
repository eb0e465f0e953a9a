"""agent-call: a workflow runs an agent or language model directly.

In: the analysed program. Out: the findings of DBS208. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS208",
    name="agent-call",
    severity=Severity.WARNING,
    summary="a workflow runs an agent or language model directly",
    why=("The model answers differently each time, and a recovered run pays for every call again."),
    instead="Run the agent in a step, or wrap it so that its calls are steps.",
    bad=(
        """\
from pydantic_ai import Agent

from dbos import DBOS

agent = Agent("model")


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return agent.run_sync(order_id).output  # flags: DBS208
""",
    ),
    good=(
        """\
from dbos import DBOS
from pydantic_ai import Agent

agent = Agent("model")


@DBOS.step()
def ask(question: str) -> str:
    return agent.run_sync(question).output


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return ask(order_id)
""",
    ),
    check=effect_check(
        frozenset({"agent"}), "runs a model in a workflow, unrecorded; run it in a step"
    ),
)
