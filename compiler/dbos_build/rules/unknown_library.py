"""unknown-library: a workflow calls a library that the checker knows nothing about.

In: the analysed program. Out: the findings of DBS705. Never does: run unless asked for: by
`--strict`, or by its code.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.unknown import UNKNOWN, unknown_calls


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Calls of libraries without an entry in the table."""
    return once(
        rule.finding(
            call.path,
            call.node,
            f"nothing is known of what `{call.name}` does, so it is not verified",
            workflow=call.workflow,
            chain=call.chain,
        )
        for call in unknown_calls(program, rule.looks)
        if call.is_resolved
    )


RULE = Rule(
    code="DBS705",
    name="unknown-library",
    severity=Severity.INFO,
    summary="a workflow calls a library that the checker knows nothing about",
    why="What it does is not verified: it may read the clock or the network as well as not.",
    instead="Call it in a step, or say what it does in [tool.dbos-build].",
    bad=(
        """\
import newlib

from dbos import DBOS


@DBOS.workflow()
def checkout(name: str) -> object:
    return newlib.do(name)  # flags: DBS705
""",
    ),
    good=(
        """\
import newlib

from dbos import DBOS


@DBOS.step()
def transform(name: str) -> object:
    return newlib.do(name)


@DBOS.workflow()
def checkout(name: str) -> object:
    return transform(name)
""",
    ),
    check=check,
    looks=(UNKNOWN,),
    needs="strict",
    needs_whole=True,
)
