"""`dbos-build verify`: fail when generated files are stale, or a build may not replace another.

In: paths, and a base revision when asked. Out: what differs, per workflow, each with its place;
exit code 1 with any. Never: writes a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from dbos_build import verification
from dbos_build.building import emit, manifest
from dbos_build.building.emit import Places
from dbos_build.building.manifest import Manifest
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.error import ManifestError
from dbos_build.inflight import succession
from dbos_build.report import full, github
from dbos_build.report.plain import plain
from dbos_build.settings import config
from dbos_build.verification import Fault


@click.command("verify")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="REV",
    help="Also fail when work that began under this git revision (or lock file) could not go on.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: annotations on the lines of a pull request.",
)
def command(paths: tuple[Path, ...], against: str | None, output_format: str) -> int:
    """Fail when the registry or the lock file does not belong to the sources, or these have errors.

    Meant for CI: everything is computed in memory and compared with the files.
    """
    where = emit.places(paths, config.load(paths))
    analysis = session.analyse(paths, whole=True)
    if analysis.errors:
        colour = output_format == "text" and session.wants_colour("auto", to_file=False)
        outcome = session.report(analysis, colour=colour, findings=analysis.errors)
        render = github.render if output_format == "github" else full.render
        click.echo(render(outcome), nl=False, color=colour)
        return EXIT_FINDINGS
    made = succession.kept(manifest.make(analysis.program), succession.on_disk(where.lock))
    outputs = emit.outputs(made, where)
    stale = [
        fault
        for output in outputs
        for fault in verification.stale(output, made, session.displayed(output.path))
    ]
    unsafe = [] if against is None else list(_against(against, analysis, made, where))
    for fault in (*stale, *unsafe):
        click.echo(_annotation(fault) if output_format == "github" else _lines(fault))
    if stale:
        click.echo("Run `dbos-build build` and commit what it writes.", err=True)
    if stale or unsafe:
        return EXIT_FINDINGS
    names = ", ".join(plain(session.displayed(output.path)) for output in outputs)
    click.echo(f"up to date: {names}" + (f"; safe after {plain(against)}" if against else ""))
    return EXIT_CLEAN


def _against(
    base: str, analysis: session.Analysis, made: Manifest, where: Places
) -> Iterator[Fault]:
    """What speaks against deploying this build where the base is running."""
    from dbos_build.diff import judging, origins
    from dbos_build.diff.build import of_lock, of_program

    title, text = _lock_of(base, where)
    lock = session.displayed(where.lock)
    current = of_program(analysis.program, "the sources")
    locked = None if text is None else of_lock(text, title)
    if locked is not None and not locked.has_comparable_flows and not Path(base).is_file():
        click.echo(
            f"{plain(title)}: its flows were drawn by another release of dbos-build; "
            "its sources are compared instead",
            err=True,
        )
        locked = None
    comparison = judging.judge(origins.read(base) if locked is None else locked, current)
    if text is not None:
        for message in verification.drifted(manifest.read_lock(text, title), made, title):
            yield Fault(lock, 1, message)
    root = analysis.project.root
    for fault in verification.unsafe(comparison):
        path = session.displayed(root / fault.path) if fault.path else lock
        yield Fault(path, max(1, fault.line), fault.message, fault.details)


def _lock_of(base: str, where: Places) -> tuple[str, str | None]:
    """What the base's lock is called, and its text; None when its sources must speak for it."""
    from dbos_build.diff import revisions
    from dbos_build.reading import sources

    path = Path(base)
    if path.is_dir():
        return base, None
    if path.is_file():
        return base, sources.read_text(path)
    revision = revisions.find(base, where.lock.parent)
    title = f"{where.lock.name} of {base} ({revision.commit[:12]})"
    text = revisions.text_of(revision, where.lock)
    if text is not None:
        try:
            manifest.lock_document(text, title)
        except ManifestError as failure:
            click.echo(f"{plain(str(failure))}; its sources are compared instead", err=True)
            text = None
    return title, text


def _lines(fault: Fault) -> str:
    place = f"{plain(fault.path)}:{fault.line}: {plain(fault.message)}"
    return "\n".join((place, *(f"    {plain(detail)}" for detail in fault.details)))


def _annotation(fault: Fault) -> str:
    place = {"title": "dbos-build verify", "file": fault.path, "line": str(fault.line)}
    text = "; ".join((fault.message, *fault.details))
    return github.annotation("error", place, text)
