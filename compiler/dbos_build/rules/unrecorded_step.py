"""unrecorded-step: plain code calls a step, which then is not recorded.

In: the analysed program. Out: the findings of DBS828. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import plain_activations, unresolved_names
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Boundary
from dbos_build.rules.rule import Rule, once


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Steps called in functions that no workflow runs."""
    hidden = unresolved_names(program)

    def found() -> Iterator[Finding]:
        for activation in plain_activations(program):
            if activation.name.rpartition(".")[2] in hidden:
                continue
            for node, targets in activation.calls.items():
                for target in targets:
                    if not isinstance(target, Boundary) or target.function is None:
                        continue
                    if target.kind == "step":
                        message = f"the step `{target.function.name}` is not recorded here"
                        yield rule.finding(activation.module.path, node, message)

    return once(found())


RULE = Rule(
    code="DBS828",
    name="unrecorded-step",
    severity=Severity.INFO,
    summary="plain code calls a step, which then is not recorded",
    why=(
        "Outside of a workflow a step is an ordinary function: it is neither recorded nor retried "
        "after a crash."
    ),
    instead="Call it from a workflow.",
    bad=(
        """\
import time

from dbos import DBOS


@DBOS.step()
def charge() -> float:
    return time.time()


def endpoint() -> float:
    return charge()  # flags: DBS828
""",
    ),
    good=(
        """\
import time

from dbos import DBOS


@DBOS.step()
def charge() -> float:
    return time.time()


@DBOS.workflow()
def checkout() -> float:
    return charge()


def endpoint() -> float:
    return checkout()
""",
    ),
    check=check,
)
