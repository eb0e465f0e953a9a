"""`dbos-build build`: write the registry and the lock file.

In: paths. Out: two files, or the errors that stand in their way with exit code 1.
Never: writes anything while there are errors; never writes one of the files without the other.
"""

from __future__ import annotations

from pathlib import Path

import click

from dbos_build.building import emit, manifest
from dbos_build.building.emit import Places
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.inflight import succession
from dbos_build.report import full
from dbos_build.report.plain import counted, plain
from dbos_build.settings import config


@click.command("build")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def command(paths: tuple[Path, ...]) -> int:
    """Write the registry and the lock file of the project that holds PATHS.

    Refused while there are errors. Files that would not change are left alone.
    """
    where = emit.places(paths, config.load(paths))
    analysis = session.analyse(paths, whole=True)
    if analysis.errors:
        colour = session.wants_colour("auto", to_file=False)
        outcome = session.report(analysis, colour=colour, findings=analysis.errors)
        click.echo(full.render(outcome), nl=False, color=colour)
        click.echo("Nothing was written: a build needs a program without errors.", err=True)
        return EXIT_FINDINGS
    return write(analysis, where)


def write(analysis: session.Analysis, where: Places) -> int:
    """Write the files of a program without errors, and say so. Raises OutputError."""
    made = succession.carried(manifest.make(analysis.program), succession.on_disk(where.lock))
    outputs = emit.outputs(made, where)
    written = emit.write_all(outputs)
    for output in outputs:
        verb = "wrote" if output.path in written else "unchanged"
        click.echo(f"{verb} {plain(session.displayed(output.path))}")
    click.echo(
        f"{counted(len(made.workflows), 'workflow')}, {counted(len(made.steps), 'step')}, "
        f"application version {made.application_version}"
    )
    return EXIT_CLEAN
