"""`dbos-build fix`: make the fixes that the findings of a check have.

In: paths and which fixes are wanted. Out: changed files or, with --diff, what would change; exit
code 1 while findings remain, or when there is a difference.
Never: writes a file that has changed since it was read; makes an unsafe fix without being asked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session

if TYPE_CHECKING:
    from dbos_build.cli.session import Outcome
    from dbos_build.findings import Finding
    from dbos_build.fixes import ProjectResult


@dataclass(frozen=True, slots=True)
class Fixing:
    """How `check` and `fix` rewrite: with unsafe fixes or without, on disk or as a difference."""

    unsafe: bool
    only_difference: bool


@click.command("fix")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="Also fixes that may change results.")
@click.option("--diff", "only_difference", is_flag=True, help="Show what would change, only.")
@click.option(
    "--select", multiple=True, metavar="RULE", help="Only these codes, prefixes or names."
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these codes, prefixes or names.")
@click.option("-v", "--verbose", is_flag=True, help="Say why a finding was not fixed.")
def command(
    paths: tuple[Path, ...],
    unsafe: bool,
    only_difference: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    verbose: bool,
) -> int:
    """Fix the violations below PATHS, or in the project around this folder.

    Every fix is checked: one that leaves its finding, or brings in another, is taken back. Exit
    code 0: nothing is left; 1: findings are left, or --diff shows a difference; 2: wrong usage.
    """
    analysis = session.check(paths, session.Asked(select=select, ignore=ignore))
    result = perform(analysis, Fixing(unsafe=unsafe, only_difference=only_difference))
    if only_difference:
        return EXIT_FINDINGS if result.texts else EXIT_CLEAN
    asked = [each for each in result.remaining if analysis.project.is_requested(each.path)]
    click.echo(summary(result, len(asked)))
    reasons = dict(result.skipped) if verbose else {}
    for finding in asked if verbose else ():
        click.echo(_left(finding, reasons.get(finding, "the fix did not remove it")))
    return EXIT_FINDINGS if asked else EXIT_CLEAN


def perform(analysis: Outcome, fixing: Fixing) -> ProjectResult:
    """Fix what an analysis found, and write the files, or the difference to standard output.

    Raises OutputError for a file that cannot be written or has changed meanwhile.
    """
    from dbos_build import fixes
    from dbos_build.fixes import files

    result = fixes.fix_project(analysis.project, analysis.settings, fixing.unsafe)
    old = {each.path: each.text or "" for each in analysis.project.sources}
    if fixing.only_difference:
        click.echo(files.unified(old, result.texts), nl=False)
    else:
        files.save(analysis.project.root, old, result.texts)
    return result


def silence(analysis: Outcome, reason: str) -> str:
    """Put a comment on the line of every finding, and say in one line how many.

    Raises OutputError for a file that cannot be written or has changed meanwhile.
    """
    from dbos_build.fixes import files
    from dbos_build.fixes.suppressing import suppress
    from dbos_build.report.plain import counted

    by_path: dict[str, list[Finding]] = {}
    for finding in analysis.findings:
        by_path.setdefault(finding.path, []).append(finding)
    old = {each.path: each.text for each in analysis.project.sources if each.text is not None}
    new = {
        path: suppress(old[path], found, reason) for path, found in by_path.items() if path in old
    }
    changed = {path: text for path, text in new.items() if text != old[path]}
    files.save(analysis.project.root, old, changed)
    silenced = sum(len(by_path[path]) for path in changed)
    return f"Silenced {counted(silenced, 'finding')} in {counted(len(changed), 'file')}."


def summary(result: ProjectResult, left: int) -> str:
    """One line: how much was fixed in how many files, and how much is left."""
    from dbos_build.report.plain import counted

    fixed = f"Fixed {counted(len(result.applied), 'finding')}"
    where = f" in {counted(len(result.texts), 'file')}" if result.texts else ""
    hint = ""
    if any(reason.endswith("it needs --unsafe-fixes") for _, reason in result.skipped):
        hint = " (some have unsafe fixes: --unsafe-fixes)"
    return f"{fixed}{where}, {left} left{hint}."


def _left(finding: Finding, reason: str) -> str:
    from dbos_build.report.plain import plain

    place = f"{finding.path}:{finding.line}:{finding.column}"
    return plain(f"{place}: {finding.code} not fixed: {reason}").replace("\\", os.sep)
