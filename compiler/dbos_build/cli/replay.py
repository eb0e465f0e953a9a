"""`dbos-build replay`: does this code replay what other code has recorded?

In: a system database or fixtures, and the paths of the project. Out: a verdict for each workflow;
exit code 0 when all fit, 1 when not, 2 when nothing can be told.
Never: writes to the database, runs a step, or runs any user code in this process.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.replaying import child, code
from dbos_build.replaying.child import FITS, UNKNOWN_FUNCTION, Outcome, ReplayError, Verdict
from dbos_build.report.plain import plain

FORMAT = 1
MOST_WORKFLOWS = 1000
_PATH = click.Path(path_type=Path)
_SPOKEN = {
    FITS: "fit",
    "differs": "differ",
    "raised": "raise",
    "io": "reach outside",
    "undecodable": "cannot be decoded",
    UNKNOWN_FUNCTION: "have no function",
    "undecided": "are undecided",
    "stuck": "are stuck",
}


@click.command("replay")
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--db", "url", metavar="URL", help="Replay what this system database has recorded.")
@click.option("--schema", default="dbos", help="Schema of its tables, on Postgres.")
@click.option(
    *("--fixture", "fixtures"),
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Replay a file that `dbos workflow export` wrote; may be repeated.",
)
@click.option("--workflow-id", "workflow_ids", multiple=True, metavar="ID", help="Only this one.")
@click.option("--status", multiple=True, help="Only workflows in this state, such as PENDING.")
@click.option("--name", help="Only workflows of this name.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=MOST_WORKFLOWS,
    show_default=True,
    help="At most so many: those in flight first, then the newest.",
)
@click.option("--setup", metavar="MODULE:FUNCTION", help="Makes the configured instances.")
@click.option("--allow-pickle", is_flag=True, help="Load pickles. They can run any code.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one workflow may compute.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Show the workflows that fit, too.")
def command(
    paths: tuple[Path, ...],
    url: str | None,
    schema: str,
    fixtures: tuple[Path, ...],
    workflow_ids: tuple[str, ...],
    status: tuple[str, ...],
    name: str | None,
    limit: int,
    setup: str | None,
    allow_pickle: bool,
    patience: float,
    as_json: bool,
    verbose: bool,
) -> int:
    """Run the workflows below PATHS against what was recorded of them.

    Each runs with its recorded results in a child process that keeps it away from steps, files,
    network, processes and the clock, up to the first operation that is not on record. Names and
    argument digests must agree at every position.
    """
    if (url is None) == (not fixtures):
        raise click.UsageError("give either --db or --fixture")
    analysis = session.analyse(paths, whole=True)
    if not analysis.program.workflows:
        raise ReplayError("there is no workflow below the paths given, so nothing can be replayed")
    task = {
        "program": code.program_data(analysis.program, analysis.project.root, setup),
        "url": url,
        "schema": schema,
        "fixtures": [str(each.resolve()) for each in fixtures],
        "workflow_ids": list(workflow_ids),
        "status": list(status) or None,
        "name": name,
        "limit": limit,
        "allow_pickle": allow_pickle,
        "patience_seconds": patience,
    }

    def tell(verdict: Verdict) -> None:
        if not as_json and (verbose or verdict.kind != FITS):
            click.echo(plain(_line(verdict)))

    outcome = child.replay(task, tell)
    for warning in outcome.not_imported:
        click.echo(f"warning: {plain(warning)}", err=True)
    kinds = Counter(each.kind for each in outcome.verdicts)
    if as_json:
        click.echo(_document(outcome, kinds))
    else:
        click.echo(_summary(outcome, kinds))
    _refuse_nothing(outcome, kinds)
    return EXIT_CLEAN if kinds[FITS] == len(outcome.verdicts) else EXIT_FINDINGS


def _refuse_nothing(outcome: Outcome, kinds: Counter[str]) -> None:
    """Raise ReplayError when no workflow has code here: the paths are those of another program."""
    if outcome.verdicts and kinds[UNKNOWN_FUNCTION] == len(outcome.verdicts):
        first = outcome.verdicts[0]
        raise ReplayError(f"no workflow could be run, the first because: {first.reason}")


def _line(verdict: Verdict) -> str:
    place = f" ({verdict.place})" if verdict.place else ""
    notes = "".join(f"\n  note: {note}" for note in verdict.notes)
    head = f"{verdict.kind:<16} {verdict.workflow_id}  {verdict.name}: {verdict.reason}"
    return f"{head}{place}{notes}"


def _summary(outcome: Outcome, kinds: Counter[str]) -> str:
    number = len(outcome.verdicts)
    counted = ", ".join(f"{kinds[kind]} {_SPOKEN[kind]}" for kind in _SPOKEN if kinds[kind])
    line = f"{number} workflow{'' if number == 1 else 's'} replayed" + (
        f": {counted}" if counted else ""
    )
    if outcome.left_out:
        line += "; there are more, raise --limit to replay them"
    return line


def _document(outcome: Outcome, kinds: Counter[str]) -> str:
    document = {
        "format": FORMAT,
        "counts": {kind: kinds[kind] for kind in _SPOKEN},
        "has_more": bool(outcome.left_out),
        "workflows": [asdict(each) for each in outcome.verdicts],
    }
    return json.dumps(document, indent=2)
