"""`dbos-build check`: look for violations.

In: paths and what to show. Out: the findings in one of the output formats; exit code 1 with any.
Never: writes a file other than the ones named with --output-file and --baseline, the cache, and,
when asked, those it fixes.
"""

from __future__ import annotations

import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, known, session, watching
from dbos_build.cli.options import Options, attached
from dbos_build.cli.progress import Bar
from dbos_build.cli.session import Asked, Outcome
from dbos_build.error import OutputError
from dbos_build.reading import sources
from dbos_build.report import FORMATS
from dbos_build.report.plain import counted, plain

if TYPE_CHECKING:
    from collections.abc import Hashable


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@attached
def command(**given: Any) -> int:
    """Look for violations in the workflows below PATHS, or in the project around this folder.

    Nothing is imported or run. Exit code 0: clean; 1: findings; 2: wrong usage or configuration.
    """
    options = Options(**given)
    if options.explain is not None:
        from dbos_build.cli import rule

        rule.explain(options.explain)
        return EXIT_CLEAN
    paths, asked = _asked(options)
    if options.show_settings:
        return _show_settings(paths, asked)
    if options.show_unknown:
        from dbos_build.cli import unknown

        unknown.show(session.analyse(paths, whole=False, asked=asked))
        return EXIT_CLEAN
    if options.watch:
        return _watch(options, paths, asked)
    return _once(options, paths, asked)[0]


def _asked(options: Options) -> tuple[tuple[Path, ...], Asked]:
    """What to check, and how."""
    _refuse_contradictions(options)
    dash = Path("-") in options.paths
    buffer = None
    paths = options.paths
    if dash or options.stdin_filename is not None:
        if len(paths) > 1 or (paths and not dash):
            raise click.UsageError("standard input is one file; give no other path")
        changing = (options.fix, options.unsafe_fixes, options.add_noqa, options.watch)
        if any(changing):
            raise click.UsageError("standard input can be checked, not changed or watched")
        name = options.stdin_filename or Path("stdin.py")
        text, problem = sources.decode(sys.stdin.buffer.read())
        if text is None:
            raise click.UsageError(f"standard input {problem}")
        buffer = (name, text)
        paths = (name if name.exists() else name.parent,)
    return paths, Asked(
        strict=options.strict,
        types=options.types,
        select=options.select,
        extend_select=options.extend_select,
        ignore=options.ignore,
        per_file_ignores=options.per_file_ignores,
        isolated=options.isolated,
        overrides=options.config,
        use_cache=not options.no_cache and buffer is None,
        buffer=buffer,
    )


def _refuse_contradictions(options: Options) -> None:
    """Raise UsageError for options of which one would be left undone without a word."""
    fixing = options.fix or options.unsafe_fixes
    if options.reason and not options.add_noqa:
        raise click.UsageError("--reason is written by --add-noqa; give both")
    if options.diff and (options.add_noqa or options.write_baseline):
        raise click.UsageError("--diff writes nothing; give it without --add-noqa and the baseline")
    if options.write_baseline and (fixing or options.add_noqa):
        raise click.UsageError("--write-baseline only writes the baseline; change files before it")


def _once(options: Options, paths: tuple[Path, ...], asked: Asked) -> tuple[int, Outcome]:
    """Check one time; the exit code, and what was found."""
    outcome = _look(options, paths, asked)
    if options.write_baseline:
        click.echo(known.write(outcome, options.baseline))
        return EXIT_CLEAN, outcome
    if options.fix or options.unsafe_fixes or options.diff:
        from dbos_build.cli import fix

        way = fix.Fixing(unsafe=options.unsafe_fixes, only_difference=options.diff)
        result = fix.perform(outcome, way)
        if options.diff:
            found = bool(result.texts) and not options.exit_zero
            return (EXIT_FINDINGS if found else EXIT_CLEAN), outcome
        if result.texts:
            outcome = _look(options, paths, asked)
        click.echo(fix.summary(result, len(outcome.findings)), err=True)
    outcome, expired = known.sifted(outcome, options.baseline)
    if options.add_noqa:
        from dbos_build.cli import fix

        click.echo(fix.silence(outcome, options.reason))
        return EXIT_CLEAN, outcome
    for note in (outcome.note, expired):
        if note and not options.quiet:
            click.echo(plain(note), err=True)
    _print(options, outcome)
    failed = bool(outcome.findings) and not options.exit_zero
    return (EXIT_FINDINGS if failed else EXIT_CLEAN), outcome


def _look(options: Options, paths: tuple[Path, ...], asked: Asked) -> Outcome:
    """Check, with a progress bar when that takes long on a terminal."""
    start = time.monotonic()
    if options.quiet or not sys.stderr.isatty():
        outcome = session.check(paths, asked)
    else:
        bar = Bar(sys.stderr, time.monotonic)
        try:
            outcome = session.check(paths, asked, bar)
        finally:
            bar.wipe()
    if options.verbose:
        place = outcome.settings.root
        where = session.displayed(place) if place else "none"
        taken = f"{time.monotonic() - start:.2f} s"
        read = counted(len(outcome.project.sources), "file")
        click.echo(f"configuration: {plain(where)}; read {read} in {taken}", err=True)
    return outcome


def _print(options: Options, outcome: Outcome) -> None:
    """The findings where and as they are wanted."""
    coloured = session.wants_colour(options.colour, to_file=options.output_file is not None)
    report = session.report(outcome, colour=coloured, findings=outcome.findings)
    if options.statistics:
        from dbos_build.report import statistics

        is_json = options.output_format.startswith("json")
        text = (statistics.render_array if is_json else statistics.render)(report)
    else:
        text = FORMATS[options.output_format](report)
    if options.quiet and options.output_format in ("full", "concise"):
        text = text[: text.rstrip("\n").rfind("\n") + 1].rstrip("\n")
        text = text + "\n" if text else ""
    if options.output_file is None:
        click.echo(text, nl=False, color=coloured)
    else:
        _write(options.output_file, text)


def _write(file: Path, text: str) -> None:
    from dbos_build.building import emit

    try:
        emit.write(file, text)
    except OutputError as failure:
        raise OutputError(f"{failure}; the findings were not written") from failure


def _show_settings(paths: tuple[Path, ...], asked: Asked) -> int:
    """Print every setting as the configuration file would spell it."""
    import json

    settings = session.settings_for(paths, asked)
    root = session.displayed(settings.root) if settings.root else "none"
    click.echo(f"# configuration: {plain(root)}")
    for field in fields(settings):
        if field.name != "root":
            value = getattr(settings, field.name)
            shown = json.dumps(value, default=lambda row: [row.name, list(row.effects)])
            click.echo(f"{field.name.replace('_', '-')} = {shown}")
    return EXIT_CLEAN


def _watch(options: Options, paths: tuple[Path, ...], asked: Asked) -> int:
    """Check now and after every change, until the user ends it."""
    latest: list[Outcome] = []

    def act() -> None:
        click.clear()
        latest[:] = [_once(options, paths, asked)[1]]
        click.echo("watching for changes; stop with Ctrl-C", err=True)

    def state() -> Hashable:
        project = latest[0].project if latest else session.project_of(paths, asked)
        return tuple(sorted(sources.stamps(project).items()))

    watching.watch(act, state, watching.pause)
    return EXIT_CLEAN
