"""`dbos-build rule`: explain a rule, or list all of them.

In: a code or a name. Out: why the rule exists, what it flags and what to write instead.
Never: looks at a project.
"""

from __future__ import annotations

import difflib
import json

import click

from dbos_build.cli import EXIT_CLEAN
from dbos_build.fixes.catalogue import FIXES, fixability
from dbos_build.rulebook import book
from dbos_build.rules import RULES
from dbos_build.rules.rule import Rule


@click.command("rule")
@click.argument("name", required=False, metavar="[CODE|NAME]")
@click.option("--all", "whole", is_flag=True, help="Everything about every rule.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How the rule is written.",
)
def command(name: str | None, whole: bool, output_format: str) -> int:
    """Explain one rule, by its code or name, or list all rules."""
    if whole and name is not None:
        raise click.UsageError("Give a rule or --all, not both.")
    rules = sorted(RULES if name is None else (_find(name),), key=lambda rule: rule.code)
    if output_format == "json":
        click.echo(json.dumps([_record(rule) for rule in rules], indent=2))
    elif whole and output_format == "markdown":
        click.echo(book(rules), nl=False)
    elif whole:
        click.echo("\n".join(_page(rule, markdown=False) for rule in rules), nl=False)
    elif name is None:
        for line in _markdown_table(rules) if output_format == "markdown" else _lines(rules):
            click.echo(line)
    else:
        click.echo(_page(rules[0], markdown=output_format == "markdown"), nl=False)
    return EXIT_CLEAN


def explain(name: str) -> None:
    """Print the page of one rule; raises UsageError, with a hint, when there is none."""
    click.echo(_page(_find(name), markdown=False), nl=False)


def _find(name: str) -> Rule:
    wanted = name.strip()
    for rule in RULES:
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            return rule
    known = [rule.code for rule in RULES] + [rule.name for rule in RULES]
    close = difflib.get_close_matches(wanted, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else " `dbos-build rule` lists them all."
    raise click.UsageError(f"There is no rule {wanted!r}.{hint}")


def _lines(rules: list[Rule]) -> list[str]:
    width = max((len(rule.name) for rule in rules), default=0)
    return [
        f"{rule.code}  {rule.name:{width}}  {rule.severity.value:7}  {rule.summary}"
        for rule in rules
    ]


def _markdown_table(rules: list[Rule]) -> list[str]:
    head = ["| code | name | severity | a workflow … |", "|---|---|---|---|"]
    return head + [
        f"| {rule.code} | {rule.name} | {rule.severity.value} | {rule.summary} |" for rule in rules
    ]


def _page(rule: Rule, *, markdown: bool) -> str:
    """Everything about one rule."""
    mark = "# " if markdown else ""
    lines = [f"{mark}{rule.code} {rule.name} ({rule.severity.value})", "", rule.summary, ""]
    lines += [f"Why: {rule.why}", "", f"Instead: {rule.instead}"]
    for title, examples in (("Flagged", rule.bad), ("Not flagged", rule.good)):
        for example in examples:
            lines += ["", f"{title}:", ""]
            lines += _code(example, markdown=markdown)
    fix = FIXES.get(rule.code)
    if fix is not None:
        lines += ["", f"A fix is available ({fix.safety}): {fix.summary}."]
    return "\n".join(lines) + "\n"


def _code(example: str, *, markdown: bool) -> list[str]:
    body = example.strip("\n").split("\n")
    if markdown:
        return ["```python", *body, "```"]
    return [f"    {line}" if line else "" for line in body]


def _record(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "why": rule.why,
        "instead": rule.instead,
        "bad": list(rule.bad),
        "good": list(rule.good),
        "fix": fixability(rule.code),
    }
