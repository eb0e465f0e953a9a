"""`dbos-build graph`: the durable operations of a workflow as a picture.

In: a workflow's name, paths, and a form. Out: the picture on stdout or in a file, or one file per
workflow in a folder. Works without configuration and with findings.
Never: writes anything but what `--output` names.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import click

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.building import emit
from dbos_build.building.emit import Output
from dbos_build.cli import EXIT_CLEAN, session
from dbos_build.cli.session import Analysis
from dbos_build.error import OutputError
from dbos_build.graph import addresses
from dbos_build.graph.filenames import filenames
from dbos_build.graph.formats import FORMATS
from dbos_build.graph.picture import Picture, Place
from dbos_build.report.plain import counted, plain

_LISTED = 20


@click.command("graph")
@click.argument("arguments", nargs=-1, metavar="[WORKFLOW] [PATH]...")
@click.option(
    "--output-format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="svg",
    show_default=True,
    help="What to write.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file; with --all, into this folder.",
)
@click.option("--all", "every", is_flag=True, help="Every workflow, one file each.")
@click.option(
    "--link-template",
    metavar="URL",
    help="What nodes link to, with {path} and {line}; without it, to the file itself.",
)
def command(
    arguments: tuple[str, ...],
    form: str,
    output: Path | None,
    every: bool,
    link_template: str | None,
) -> int:
    """Draw the durable operations of a WORKFLOW below the PATHs: steps, branches, loops, waits.

    An argument that names a file or folder is a path. WORKFLOW may be left out when there is only
    one. The picture follows the light or dark setting of whoever looks at it.
    """
    if every and output is None:
        raise click.UsageError("--all writes one file per workflow: name a folder with --output")
    if link_template is not None and "{path}" not in link_template:
        raise click.UsageError("--link-template must contain {path}, and may contain {line}")
    name, paths = _split(arguments)
    analysis = session.analyse(paths, whole=False)
    workflows = {each.name: each for each in reversed(analysis.program.workflows)}
    if every:
        if name is not None:
            raise click.UsageError(f"--all draws every workflow; {plain(name)!r} is not needed")
        assert output is not None
        return _write_all(analysis, workflows, output, form, link_template)
    chosen = _chosen(workflows, name, arguments)
    folder = output.parent if output else Path()
    text = FORMATS[form][0](_picture(analysis, chosen, form, folder, link_template))
    if output is None:
        click.echo(text, nl=False)
    elif not folder.is_dir():
        raise OutputError(f"{folder}: is no folder; nothing was written")
    else:
        emit.write(output, text)
    return EXIT_CLEAN


def _split(arguments: tuple[str, ...]) -> tuple[str | None, list[Path]]:
    """The workflow's name, if the first argument is one, and the paths."""
    if arguments and not Path(arguments[0]).exists():
        return arguments[0], [Path(each) for each in arguments[1:]]
    return None, [Path(each) for each in arguments]


def _chosen(
    workflows: Mapping[str, Declaration], name: str | None, arguments: tuple[str, ...]
) -> Declaration:
    """The workflow to draw. A folder may be called like the workflow that is meant."""
    if name is None and len(workflows) > 1 and arguments and arguments[0] in workflows:
        name = arguments[0]
    if name is None:
        if len(workflows) == 1:
            return next(iter(workflows.values()))
        if not workflows:
            raise click.UsageError("There is no workflow to draw.")
        raise click.UsageError(
            f"There are {counted(len(workflows), 'workflow')}: {_list(workflows)}. "
            "Name one, or use --all with --output FOLDER."
        )
    if name not in workflows:
        close = difflib.get_close_matches(name, workflows, n=1)
        hint = f" Did you mean {plain(close[0])!r}?" if close else ""
        if not close and workflows:
            hint = f" There are: {_list(workflows)}."
        raise click.UsageError(f"There is no workflow {plain(name)!r}.{hint}")
    return workflows[name]


def _list(workflows: Mapping[str, Declaration]) -> str:
    names = [plain(each) for each in sorted(workflows)]
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _picture(
    analysis: Analysis, chosen: Declaration, form: str, folder: Path, template: str | None
) -> Picture:
    """The picture of a workflow for a page in `folder`."""
    places = {
        number: Place(path, line, column)
        for number, (path, line, column) in flow.places(analysis.program, chosen).items()
    }
    links: dict[int, str] = {}
    if template is not None:
        links = addresses.from_template(places, template)
    elif form != "mermaid":  # A page that draws Mermaid is seldom beside the sources.
        links = addresses.relative(places, analysis.project.root, folder)
    return Picture(chosen.name, flow.build(analysis.program, chosen), places, links)


def _write_all(
    analysis: Analysis,
    workflows: Mapping[str, Declaration],
    folder: Path,
    form: str,
    template: str | None,
) -> int:
    """One file per workflow, all or none."""
    write, suffix = FORMATS[form]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise OutputError(f"{folder}: cannot be made a folder: {failure.strerror}") from failure
    names = filenames(workflows, suffix)
    files = [
        Output(
            (folder / names[name]).absolute(),
            write(_picture(analysis, declaration, form, folder, template)),
        )
        for name, declaration in sorted(workflows.items())
    ]
    emit.write_all(files)
    click.echo(f"{counted(len(files), 'picture')} in {plain(str(folder))}")
    return EXIT_CLEAN
