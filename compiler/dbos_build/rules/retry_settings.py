"""retry-settings: the retry options of a step contradict each other.

In: the analysed program. Out: the findings of DBS817. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.api_arguments import wrong_calls, wrong_options
from dbos_build.rules.rule import Rule


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Steps whose retry options make no sense."""

    def found() -> Iterator[Finding]:
        for declaration in (*program.steps,):
            message = _message(declaration)
            if message is not None:
                yield rule.finding(declaration.path, declaration.node, message)
        for wrong in wrong_options(rule, program, "steps"):
            yield replace(wrong, severity=Severity.ERROR)

    return list(found())


_MINIMA = {"max_attempts": 1, "backoff_rate": 1, "interval_seconds": 0}


def _message(declaration: Declaration) -> str | None:
    """What is wrong with a step's options, if anything."""
    options = declaration.options
    for name, least in _MINIMA.items():
        value = options.get(name)
        if isinstance(value, int | float) and value < least:
            return (
                f"`{name}` of the step `{declaration.name}` is {value}; at least {least} is needed"
            )
    node = declaration.decorator
    names = {k.arg for k in node.keywords} if isinstance(node, ast.Call) else set()
    allowed = options.get("retries_allowed", None if "retries_allowed" in names else False)
    if names & set(_MINIMA) and allowed is False and None not in names:
        return f"the step `{declaration.name}` has retry options without retries_allowed=True"
    return None


RULE = Rule(
    code="DBS817",
    name="retry-settings",
    severity=Severity.WARNING,
    summary="the retry options of a step contradict each other",
    why=(
        "Without retries_allowed the other options do nothing, and values out of range make "
        "no sense."
    ),
    instead="Add retries_allowed=True, or remove the other options.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step(max_attempts=10)
def charge() -> str:  # flags: DBS817
    return "paid"
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step(retries_allowed=True, max_attempts=10)
def charge() -> str:
    return "paid"
""",
    ),
    check=check,
    looks=(wrong_calls,),
)
