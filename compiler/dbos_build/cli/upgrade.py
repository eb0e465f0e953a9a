"""`dbos-build upgrade`: rewrite a program of the original for this runtime.

In: paths. Out: changed files or, with --diff, what would change; then line by line what was done
and what has to be done by hand. Never: touches what runs as it is, or a file that has changed since
it was read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import click

from dbos_build.building import emit
from dbos_build.building.emit import Output
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.fixes import files
from dbos_build.founding.toml import named
from dbos_build.reading import sources
from dbos_build.report.plain import counted, plain
from dbos_build.settings import config
from dbos_build.upgrading import dependencies, rewriting, surface
from dbos_build.upgrading.rewriting import Note, Rewritten

_REQUIREMENTS = re.compile(r"(.*[-_.])?requirements([-_.].*)?\.(txt|in)")


@click.command("upgrade")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--diff", "only_difference", is_flag=True, help="Show what would change, only.")
def command(paths: tuple[Path, ...], only_difference: bool) -> int:
    """Rewrite programs of the original, 2.x or 3.x, below PATHS for this runtime.

    Most run as they are, and are left alone. Rewritten are: imports from private modules; what
    tests reach for (`GlobalParams`, recovery) as dbos.testing; keywords without a meaning here; the
    dependency in pyproject.toml and requirement files. What has no counterpart is listed. Exit code
    0: nothing is left to do; 1: something is, by hand or, with --diff, at all.
    """
    settings = config.load(paths)
    here = Path.cwd()
    project = sources.read(paths, settings, around=here)
    offered = surface.installed()
    old = {each.path: each.text for each in project.sources if each.requested and each.text}
    made = {path: rewriting.rewrite(text, offered) for path, text in old.items()}
    changed = {path: each.text for path, each in made.items() if each.text != old[path]}
    root = settings.root or (paths[0] if paths and paths[0].is_dir() else here)
    depending = dict(_depending(root.resolve()))
    if only_difference:
        click.echo(files.unified(old, changed), nl=False)
        for path, (before, after) in depending.items():
            name = session.displayed(path)
            click.echo(files.unified({name: before}, {name: after}), nl=False)
    else:
        files.save(project.root, old, changed)
        emit.write_all([Output(path, after) for path, (_, after) in depending.items()])
    for name, notes in _by_hand(root.resolve(), project.root):
        known = made.get(name, Rewritten(""))
        made[name] = replace(known, left=(*known.left, *notes))
    return _tell(project.root, made, list(depending), only_difference=only_difference)


def _tell(
    root: Path, made: dict[str, Rewritten], depending: list[Path], *, only_difference: bool
) -> int:
    """Say what was done and what is left, line by line."""
    verb = "would do" if only_difference else "done"
    left = 0
    for path, result in sorted(made.items()):
        shown = session.displayed(root / path)
        for note in result.done:
            click.echo(_line(shown, note, verb), err=only_difference)
        for note in result.left:
            click.echo(_line(shown, note, "by hand"), err=only_difference)
        left += len(result.left)
    for file in depending:
        note = Note(1, f"depends on {dependencies.OURS} in place of {dependencies.PEER}")
        click.echo(_line(session.displayed(file), note, verb), err=only_difference)
    done = sum(len(result.done) for result in made.values()) + len(depending)
    would = "would be " if only_difference else ""
    click.echo(
        f"{counted(done, 'change')} {would}made, {left} left to do by hand.", err=only_difference
    )
    return EXIT_FINDINGS if left or (only_difference and done) else EXIT_CLEAN


def _line(path: str, note: Note, verb: str) -> str:
    return plain(f"{path}:{note.line}: {verb}: {note.what}")


def _depending(root: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Files that name the original as a dependency, with their old and new text."""
    extras = _extras()
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.name == "pyproject.toml":
            before = sources.read_text(path)
            after = dependencies.in_project(before, extras)
        elif _REQUIREMENTS.fullmatch(path.name) and path.is_file():
            before = sources.read_text(path)
            after = dependencies.in_requirements(before, extras)
        else:
            continue
        if after is not None and after != before:
            yield path, (before, after)


def _by_hand(root: Path, base: Path) -> Iterator[tuple[str, tuple[Note, ...]]]:
    """Files that name the original in forms that are left to the user."""
    what = f"depend on {dependencies.OURS} in place of {dependencies.PEER}"
    for name in ("pyproject.toml", *dependencies.ELSEWHERE):
        path = root / name
        if path.is_file():
            lines = dependencies.left_in(name, sources.read_text(path))
            if lines:
                yield os.path.relpath(path, base), tuple(Note(line, what) for line in lines)


def _extras() -> frozenset[str]:
    """The extras of this distribution."""
    try:
        found = metadata.metadata(dependencies.OURS).get_all("Provides-Extra") or ()
    except metadata.PackageNotFoundError:
        return frozenset()
    return frozenset(named(each) for each in found)
