"""`dbos-build verify`: fail when the registry or the lock file is stale.

In: paths. Out: what differs between the files and the sources, per workflow; exit code 1 with any.
Never: writes a file.
"""

from __future__ import annotations

from pathlib import Path

import click

from dbos_build import config, emit, manifest
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.report import full
from dbos_build.report.plain import plain


@click.command("verify")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def command(paths: tuple[Path, ...]) -> int:
    """Fail when the registry or the lock file does not belong to the sources, or these have errors.

    Meant for CI: everything is computed in memory and compared with the files.
    """
    where = emit.places(paths, config.load(paths))
    analysis = session.analyse(paths, whole=True)
    if analysis.errors:
        colour = session.wants_colour("auto", to_file=False)
        outcome = session.report(analysis, colour=colour, findings=analysis.errors)
        click.echo(full.render(outcome), nl=False, color=colour)
        return EXIT_FINDINGS
    made = manifest.make(analysis.program)
    outputs = emit.outputs(made, where)
    stale = [line for output in outputs for line in emit.differences(output, made)]
    for line in stale:
        click.echo(plain(line))
    if stale:
        click.echo("Run `dbos-build build` and commit what it writes.", err=True)
        return EXIT_FINDINGS
    names = ", ".join(plain(session.displayed(output.path)) for output in outputs)
    click.echo(f"up to date: {names}")
    return EXIT_CLEAN
