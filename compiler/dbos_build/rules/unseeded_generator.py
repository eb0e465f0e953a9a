"""unseeded-generator: a workflow makes a random generator without a seed.

In: the analysed program. Out: the findings of DBS102. Never does: look at source text itself.
"""

from __future__ import annotations

from dbos_build.findings import Severity
from dbos_build.rules.rule import Rule, effect_check

RULE = Rule(
    code="DBS102",
    name="unseeded-generator",
    severity=Severity.ERROR,
    summary="a workflow makes a random generator without a seed",
    why=(
        "Without a seed the generator starts from the entropy of the machine and gives other "
        "numbers in every run."
    ),
    instead="Give it a seed that the workflow was given or that a step returned.",
    bad=(
        """\
import random

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    rng = random.Random()  # flags: DBS102
    return str(rng.random())
""",
    ),
    good=(
        """\
import random

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    rng = random.Random(42)
    return str(rng.random())
""",
    ),
    check=effect_check(frozenset({"unseeded"}), "is not seeded; every run gets other numbers"),
    fix=None,
)
