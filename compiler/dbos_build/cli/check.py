"""`dbos-build check`: look for violations.

In: paths and what to show. Out: the findings in one of the output formats; exit code 1 with any.
Never: writes a file other than the one named with --output-file, and, when asked, those it fixes.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.cli import fix as fixing
from dbos_build.error import OutputError
from dbos_build.report import FORMATS


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    type=click.Choice(list(FORMATS)),
    default="full",
    show_default=True,
    help="How findings are written.",
)
@click.option("-o", "--output-file", type=click.Path(path_type=Path), help="Write them to a file.")
@click.option(
    "--select", multiple=True, metavar="RULE", help="Only these codes, prefixes or names."
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these codes, prefixes or names.")
@click.option("--strict", is_flag=True, help="Report calls that cannot be resolved.")
@click.option("--types", is_flag=True, help="Let mypy resolve what stays unknown.")
@click.option("--fix", is_flag=True, help="Make the safe fixes; report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Make fixes that may change results as well.")
@click.option("--diff", is_flag=True, help="Show what fixes would change; write nothing.")
@click.option("--add-noqa", is_flag=True, help="Silence every finding by a comment on its line.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the comments of --add-noqa.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also when there are findings.")
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether to use colours.",
)
def command(
    paths: tuple[Path, ...],
    output_format: str,
    output_file: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    types: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    add_noqa: bool,
    reason: str,
    exit_zero: bool,
    colour: str,
) -> int:
    """Look for violations in the workflows below PATHS, or in the project around this folder.

    Nothing is imported or run. Exit code 0: clean; 1: findings; 2: wrong usage or configuration.
    """
    look = partial(
        session.analyse,
        paths,
        whole=False,
        strict=strict,
        select=select,
        ignore=ignore,
        types=types,
    )
    analysis = look()
    if fix or unsafe_fixes or diff:
        result = fixing.perform(analysis, fixing.Fixing(unsafe=unsafe_fixes, only_difference=diff))
        if diff:
            return EXIT_FINDINGS if result.texts and not exit_zero else EXIT_CLEAN
        if result.texts:
            analysis = look()
        click.echo(fixing.summary(result, len(analysis.findings)), err=True)
    if add_noqa:
        click.echo(fixing.silence(analysis, reason))
        return EXIT_CLEAN
    if analysis.note:
        click.echo(analysis.note, err=True)
    coloured = session.wants_colour(colour, to_file=output_file is not None)
    outcome = session.report(analysis, colour=coloured, findings=analysis.findings)
    text = FORMATS[output_format](outcome)
    if output_file is None:
        click.echo(text, nl=False, color=coloured)
    else:
        _write(output_file, text)
    return EXIT_FINDINGS if analysis.findings and not exit_zero else EXIT_CLEAN


def _write(file: Path, text: str) -> None:
    from dbos_build import emit

    try:
        emit.write(file, text)
    except OutputError as failure:
        raise OutputError(f"{failure}; the findings were not written") from failure
