"""`dbos-build init`: set a project up, or make a new one.

In: a folder. Out: what was made, added to, kept and left to do; then a build. Never: changes a line
that the user wrote, writes a part of the plan only, or runs code of the project.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from dbos_build.building import emit
from dbos_build.building.emit import Output
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.error import OutputError
from dbos_build.founding import plan as planning
from dbos_build.founding import services, situation
from dbos_build.founding.plan import Plan
from dbos_build.founding.services import ByHand, Change, Kept
from dbos_build.report.plain import counted, plain
from dbos_build.settings import config


@click.command("init")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of a new project. Default: the folder's.")
@click.option(
    "--ci",
    type=click.Choice(services.CI),
    help="For which CI to write a job. Default: what the repository shows.",
)
@click.option("--no-editor", is_flag=True, help="Write nothing for editors.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
def command(path: Path, name: str, ci: str | None, no_editor: bool, dry_run: bool) -> int:
    """Set up the project in PATH: configuration, registry, CI, pre-commit and editor.

    A folder without Python files gets a first program. Nothing that exists is overwritten; what
    cannot be added is shown, to be added by hand. Run again, it does what is left.
    """
    here = situation.look(path)
    made = planning.plan(here, planning.Asked(name=name, ci=ci or "", editor=not no_editor))
    if not dry_run:
        _write(made, here.top)
    _tell(made, dry_run=dry_run)
    return EXIT_CLEAN if dry_run else _build(here.root)


def _tell(made: Plan, *, dry_run: bool) -> None:
    for item in made.items:
        shown = plain(session.displayed(item.path))
        match item:
            case Change(before=None):
                click.echo(f"{'would make' if dry_run else 'made'} {shown}: {item.what}")
            case Change():
                click.echo(f"{'would add to' if dry_run else 'added to'} {shown}: {item.what}")
                if dry_run:
                    click.echo(_difference(item, shown), nl=False)
            case Kept():
                click.echo(f"kept {shown}: {item.why}")
            case ByHand():
                click.echo(f"by hand, in {shown}: {item.what}")
                for line in item.snippet.splitlines():
                    click.echo(f"    {line}")


def _difference(change: Change, shown: str) -> str:
    old = (change.before or "").splitlines(keepends=True)
    new = change.after.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, shown, shown))


def _write(made: Plan, top: Path) -> None:
    """Write all files of a plan, or none. Raises OutputError."""
    for change in made.changes:
        emit.content_on_disk(change.path)  # Refuses links and folders in a file's place.
        _must_lead_inside(change.path.parent, top)
    for change in made.changes:
        folder = change.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise OutputError(f"{folder}: cannot be made: {failure.strerror}") from failure
    emit.write_all([Output(change.path, change.after) for change in made.changes])


def _must_lead_inside(folder: Path, top: Path) -> None:
    """Refuse a file where a folder is needed, and a link out of the project."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir():
        raise OutputError(f"{there}: is in the way: not a folder; move it and try again")
    if there != top and top.exists() and not there.resolve().is_relative_to(top):
        raise OutputError(f"{there}: a symbolic link leads out of the project; remove it")


def _build(root: Path) -> int:
    """Write the registry and the lock file, where the program is ready for it."""
    from dbos_build.cli import build

    settings = config.load([root])
    paths = session.declared(settings, root)
    checked = session.analyse(paths, whole=True)
    shown = plain(session.displayed(root))
    if not checked.program.workflows and not checked.findings:
        click.echo("There are no workflows yet; `dbos-build build` writes the registry of them.")
        return EXIT_CLEAN
    if checked.errors:
        stand = "stands" if len(checked.errors) == 1 else "stand"
        click.echo(
            f"{counted(len(checked.errors), 'error')} {stand} in the way of a registry: "
            f"`dbos-build check {shown}` shows them, `dbos-build build {shown}` writes it then."
        )
        return EXIT_FINDINGS
    return build.write(checked, emit.places(paths, settings))
