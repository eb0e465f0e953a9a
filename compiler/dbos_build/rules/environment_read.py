"""environment-read: a workflow reads the environment.

In: the analysed program. Out: the findings of DBS301. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS301",
    name="environment-read",
    severity=Severity.ERROR,
    summary="a workflow reads the environment",
    why=(
        "Environment variables differ between machines and deployments, so a recovered run "
        "can see other values."
    ),
    instead="Read them in a step, or pass them in as arguments.",
    bad=(
        """\
import os

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return os.environ["MODE"]  # flags: DBS301
""",
    ),
    good=(
        """\
import os

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return os.environ["MODE"]


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
        """\
import os

from dbos import DBOS, DBOSConfig

config: DBOSConfig = {"name": os.environ.get("NAME", "shop")}
DBOS(config=config)


@DBOS.workflow()
def checkout() -> str:
    return "done"
""",
    ),
    check=effect_check(
        frozenset({"environment"}),
        "reads the environment in a workflow; a recovered run may see other values",
    ),
)
