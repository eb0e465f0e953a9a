"""`dbos-build check --show-unknown`: the calls in workflows that nobody can tell anything about.

In: an analysed program. Out: one line per place, and a count. Never: judges; an unknown call is
neither taken for harmless nor for a violation unless `--strict` asks.
"""

from __future__ import annotations

import click

from dbos_build.analysis.unknowns import UnknownCall, unknown_calls
from dbos_build.cli import session
from dbos_build.cli.session import Analysis
from dbos_build.report.plain import counted, plain


def show(analysis: Analysis) -> None:
    """Print every unknown call once, by place, with the first workflow that reaches it."""
    places: dict[tuple[str, int, int, str], UnknownCall] = {}
    for call in unknown_calls(analysis.program):
        last = call.chain[-1]
        key = (last.path, last.line, last.column, call.name)
        if key not in places or call.workflow < places[key].workflow:
            places[key] = call
    root = analysis.project.root
    for (path, line, column, name), call in sorted(places.items(), key=lambda item: item[0]):
        where = session.displayed(root / path)
        click.echo(
            f"{plain(where)}:{line}:{column}: {plain(name)} in workflow {plain(call.workflow)}:"
            f" {plain(call.reason)}"
        )
    unresolved = sum(not call.is_resolved for call in places.values())
    click.echo(
        f"{counted(unresolved, 'unresolved call')}, "
        f"{counted(len(places) - unresolved, 'call')} without an entry in the table of effects."
    )
