"""`dbos-build version`: the version of the application and of each workflow.

In: paths. Out: the versions, as lines or as JSON. Works without configuration and with findings.
Never: writes a file.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from dbos_build import versions
from dbos_build.cli import EXIT_CLEAN, session
from dbos_build.report.plain import plain


@click.command("version")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(paths: tuple[Path, ...], as_json: bool) -> int:
    """Show the version of the application and of each workflow below PATHS.

    The version of a workflow changes exactly when its replay can change: not with comments,
    docstrings, formatting, local names or the bodies of steps.
    """
    analysis = session.analyse(paths, whole=False)
    computed = versions.compute(analysis.program)
    workflows: dict[str, dict[str, object]] = {}
    for each in reversed(analysis.program.workflows):
        workflows[each.name] = {
            "version": computed.workflows[each.name].version,
            "module": each.module,
            "qualname": each.qualname,
            "path": each.path,
            "line": each.line,
        }
    if as_json:
        document = {"application_version": computed.application, "workflows": workflows}
        click.echo(json.dumps(document, indent=2, sort_keys=True))
        return EXIT_CLEAN
    click.echo(f"{computed.application}  application")
    for name, entry in sorted(workflows.items()):
        click.echo(
            f"{entry['version']}  {plain(name)}  {plain(str(entry['path']))}:{entry['line']}"
        )
    return EXIT_CLEAN
