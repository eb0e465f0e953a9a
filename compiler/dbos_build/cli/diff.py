"""`dbos-build diff`: what the new build does to the workflows that began under the old one.

In: two builds, each a lock file, a folder of sources or a git revision. Out: a verdict per
workflow; exit code 1 when a run could not go on, or nobody can tell.
Never: writes a file, or changes the working tree.
"""

from __future__ import annotations

import click

from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session


@click.command("diff")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: --output-format json.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How the verdicts are written.",
)
@click.option("--db", "url", metavar="URL", help="Tell who is in flight in this database.")
@click.option("--schema", default="dbos", show_default=True, help="Schema of its tables.")
def command(
    old: str | None,
    new: str | None,
    as_json: bool,
    output_format: str,
    url: str | None,
    schema: str,
) -> int:
    """Say which workflows that began under OLD can go on under NEW.

    Each is a lock file, a folder of sources or a git revision (main, HEAD~1, v1.2). Without NEW it
    is the working tree; without both, OLD is the lock file of the last commit.
    """
    from dbos_build.diff import judging, origins, rendering

    with session.without_collector():
        before = origins.committed() if old is None else origins.read(old)
        after = origins.of_sources(None, "the working tree") if new is None else origins.read(new)
        comparison = judging.judge(before, after)
        if url is not None:
            from dbos_build.inflight import affected, reading

            comparison = affected.with_affected(comparison, reading.read(url, schema), before)
    if as_json or output_format == "json":
        click.echo(rendering.as_json(comparison), nl=False)
    elif output_format == "markdown":
        click.echo(rendering.as_markdown(comparison), nl=False)
    else:
        colour = session.wants_colour("auto", to_file=False)
        click.echo(rendering.as_text(comparison, colour=colour), nl=False, color=colour)
    return EXIT_CLEAN if comparison.is_safe else EXIT_FINDINGS
