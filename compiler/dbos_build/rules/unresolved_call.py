"""unresolved-call: a workflow calls something that the checker cannot follow.

In: the analysed program. Out: the findings of DBS704. Never does: run unless asked for: by
`--strict`, or by its code.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.unknown import UNKNOWN, unknown_calls


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Calls in workflows that nothing resolves."""
    return once(
        rule.finding(
            call.path,
            call.node,
            f"`{call.name}` cannot be resolved ({call.reason}), so it is not verified",
            workflow=call.workflow,
            chain=call.chain,
        )
        for call in unknown_calls(program, rule.looks)
        if not call.is_resolved
    )


RULE = Rule(
    code="DBS704",
    name="unresolved-call",
    severity=Severity.INFO,
    summary="a workflow calls something that the checker cannot follow",
    why="What it does is not verified: it may read the clock or the network as well as not.",
    instead="Annotate the parameter or attribute with its class, or call it in a step.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(plugin, name: str) -> object:
    return plugin.run(name)  # flags: DBS704
""",
    ),
    good=(
        """\
from dbos import DBOS


class Plugin:
    def run(self, name: str) -> str:
        return name.upper()


@DBOS.workflow()
def checkout(plugin: Plugin, name: str) -> str:
    return plugin.run(name)
""",
    ),
    check=check,
    looks=(UNKNOWN,),
    needs="strict",
    needs_whole=True,
)
