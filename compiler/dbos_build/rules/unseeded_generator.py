"""unseeded-generator: a workflow makes a random generator without a seed.

In: the analysed program. Out: the findings of DBS102. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Occurrence
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External, Taint
from dbos_build.rules.looks import TAINTED, per_activation
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow, reaching, shown
from dbos_build.rules.survey import survey_of
from dbos_build.rules.tainting import own_taints


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Generators made without a seed by the workflow, and draws from ones made elsewhere."""

    def what(occurrence: Occurrence) -> str | None:
        if occurrence.effect != "unseeded":
            return None
        return f"{shown(occurrence)} is not seeded; every run gets other numbers"

    draws = survey_of(program, rule.looks).notes(_draws)

    def drawn() -> Iterator[Finding]:
        for declaration, reach in per_workflow(program) if draws else ():
            items = [item for item in reach.reached if item.activation in draws]
            own = own_taints(reach) if items else frozenset()
            for item in items:
                for node, (name, made) in draws[item.activation]:
                    if not made - own:
                        continue
                    yield rule.finding(
                        item.activation.module.path,
                        node,
                        f"`{name}` draws from a generator without a seed; every run gets others",
                        workflow=declaration.name,
                        chain=chain_to(item, node, name),
                    )

    return once([*reaching(rule, program, what), *drawn()])


_Draw = tuple[str, frozenset[Taint]]


@per_activation(TAINTED)
def _draws(activation: Activation) -> Iterator[tuple[ast.Call, _Draw]]:
    """All method calls on generators without a seed, and where these may have been made."""
    values = activation.values
    for node in values:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            taints = values.get(node.func.value, NOTHING).taints
            if not taints:
                continue
            made = frozenset(taint for taint in taints if taint.kind == "unseeded")
            for atom in values.get(node.func, NOTHING).atoms if made else ():
                if isinstance(atom, External) and atom.bound:
                    yield node, (atom.name, made)


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
    check=check,
    looks=(_draws,),
)
