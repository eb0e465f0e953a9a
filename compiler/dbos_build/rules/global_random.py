"""global-random: a workflow draws random numbers.

In: the analysed program. Out: the findings of DBS101. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS101",
    name="global-random",
    severity=Severity.ERROR,
    summary="a workflow draws random numbers",
    why=(
        "A recovered run draws other numbers than the first one, so it takes other branches "
        "or passes other arguments."
    ),
    instead=(
        "Draw in a step, or seed a generator of your own with something the workflow was "
        "given: random.Random(order_id)."
    ),
    bad=(
        """\
import random

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return random.choice(["a", "b"])  # flags: DBS101
""",
    ),
    good=(
        """\
import random

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return random.Random(order_id).choice(["a", "b"])
""",
        """\
import random

from dbos import DBOS


@DBOS.step()
def measure() -> str:
    return str(random.random())


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return measure()
""",
    ),
    check=effect_check(
        frozenset({"random"}), "draws from a random generator that every process seeds anew"
    ),
)
