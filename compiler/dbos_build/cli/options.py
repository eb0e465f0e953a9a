"""The options of `dbos-build check`, and what they are as a value.

In: a command function. Out: the same function with options attached; `Options` holds what was
given. Never: acts on an option.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dbos_build.report import FORMATS

Command = Callable[..., Any]
_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that `dbos-build check` was told; the help of each option says what it means."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    per_file_ignores: tuple[str, ...]
    strict: bool
    types: bool
    config: tuple[str, ...]
    isolated: bool
    no_cache: bool
    stdin_filename: Path | None
    baseline: Path | None
    write_baseline: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    add_noqa: bool
    reason: str
    output_format: str
    output_file: Path | None
    statistics: bool
    colour: str
    quiet: bool
    verbose: bool
    exit_zero: bool
    watch: bool
    show_unknown: bool
    show_settings: bool
    explain: str | None


def attached(command: Command) -> Command:
    """Attach every option to a command function."""
    for decorate in reversed(_OPTIONS):
        command = decorate(command)
    return command


def _flag(*names: str, help: str) -> Callable[[Command], Command]:
    return click.option(*names, is_flag=True, help=help)


def _rules(name: str, help: str) -> Callable[[Command], Command]:
    return click.option(name, multiple=True, metavar="RULE", help=help, callback=_split)


def _split(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """`DBS1,DBS2` is the same as giving the option twice."""
    return tuple(part.strip() for each in value for part in each.split(","))


_OPTIONS: tuple[Callable[[Command], Command], ...] = (
    _rules("--select", "Only these codes, prefixes or names."),
    _rules("--extend-select", "These as well, also those that are only advice."),
    _rules("--ignore", "Not these codes, prefixes or names."),
    click.option(
        "--per-file-ignores",
        multiple=True,
        metavar="PATTERN:RULE",
        help="Not this rule for files that match.",
    ),
    _flag("--strict", help="Report calls that cannot be resolved."),
    _flag("--types", help="Let mypy resolve what stays unknown."),
    click.option("--config", multiple=True, metavar="KEY=VALUE", help="Override one setting."),
    _flag("--isolated", help="Read no configuration file."),
    _flag("--no-cache", help="Neither use nor write what earlier runs found."),
    click.option(
        "--stdin-filename", type=_PATH, help="Check standard input as the text of this file."
    ),
    click.option("--baseline", type=_PATH, help="Leave out the findings in this file."),
    _flag("--write-baseline", help="Write all findings into the baseline file."),
    _flag("--fix", help="Make the safe fixes; report what is left."),
    _flag("--unsafe-fixes", help="Make fixes that may change results as well."),
    _flag("--diff", help="Show what fixes would change; write nothing."),
    _flag("--add-noqa", help="Silence every finding by a comment on its line."),
    click.option("--reason", default="", metavar="TEXT", help="Why, for the comments."),
    click.option(
        "--output-format",
        type=click.Choice(list(FORMATS)),
        default="full",
        show_default=True,
        help="How findings are written.",
    ),
    click.option("-o", "--output-file", type=_PATH, help="Write them to a file."),
    _flag("--statistics", help="Count findings by rule instead."),
    click.option(
        "--color",
        "colour",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Whether to use colours.",
    ),
    _flag("-q", "--quiet", help="Only findings: no summary, no notes, no progress."),
    _flag("-v", "--verbose", help="Say what was read, and with which configuration."),
    _flag("--exit-zero", help="Exit with 0 also when there are findings."),
    _flag("-w", "--watch", help="Check again whenever a file changes."),
    _flag("--show-unknown", help="List the calls in workflows that nothing is known of."),
    _flag("--show-settings", help="Print the settings that these paths have."),
    click.option("--explain", metavar="RULE", help="Explain a rule: `dbos-build rule RULE`."),
)
