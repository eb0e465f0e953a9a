"""`dbos-build version`: the version of the application and of each workflow, and why.

In: paths, or two builds to compare. Out: the versions, as lines or as JSON. Works without
configuration and with findings.
Never: writes a file.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path

import click

from dbos_build import versions
from dbos_build.building import explanation, manifest
from dbos_build.building.manifest import Locked
from dbos_build.cli import EXIT_CLEAN, session
from dbos_build.reading import sources
from dbos_build.reading.discovery import SUFFIX
from dbos_build.report.plain import plain
from dbos_build.versions import Versions


@click.command("version")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--explain", metavar="NAME", help="Show what a workflow's version is made of.")
@click.option(
    "--why",
    nargs=2,
    metavar="OLD NEW",
    type=click.Path(path_type=Path),
    help="Show what changed between two lock files or folders.",
)
def command(
    paths: tuple[Path, ...], as_json: bool, explain: str | None, why: tuple[Path, Path] | None
) -> int:
    """Show the version of the application and of each workflow below PATHS.

    The version of a workflow changes exactly when its replay can change: not with comments,
    docstrings, formatting, local names or the bodies of steps.
    """
    if why is not None:
        if paths or explain or as_json:
            raise click.UsageError("--why takes two builds and goes with nothing else")
        return _why(*why)
    analysis = session.analyse(paths, whole=False)
    computed = versions.compute(analysis.program)
    if explain is not None:
        return _explain(explain, computed)
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
        place = plain(f"{entry['path']}:{entry['line']}")
        click.echo(f"{entry['version']}  {plain(name)}  {place}")
    return EXIT_CLEAN


def _explain(name: str, computed: Versions) -> int:
    if name not in computed.workflows:
        close = difflib.get_close_matches(name, computed.workflows, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise click.UsageError(f"There is no workflow {name!r}.{hint}")
    for line in explanation.explain(computed.workflows[name]):
        click.echo(plain(line))
    return EXIT_CLEAN


def _why(old: Path, new: Path) -> int:
    found = list(explanation.changes(_build(old), _build(new)))
    for change in found:
        for line in (change.headline, *change.reasons):
            click.echo(plain(line))
    if not found:
        click.echo("no workflow changed its version")
    return EXIT_CLEAN


def _build(path: Path) -> Mapping[str, Locked]:
    """What a lock file says, or what one would say for the sources in a folder."""
    if not path.is_dir() and path.suffix != SUFFIX:
        return manifest.read_lock(sources.read_text(path), str(path))
    computed = versions.compute(session.analyse([path], whole=True).program)
    return {
        name: Locked(each.version, manifest.closure_of(each))
        for name, each in computed.workflows.items()
    }
