"""``dbos workflow export``: the histories of workflows as a fixture for replays.

In: ids or filters. Out: JSON on stdout or in a file. Never decodes a payload, so what is stored is
copied, not run; never changes the database, and never leaves half a file behind.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click

from dbos.cli import options
from dbos.cli.output import say
from dbos.replay import history, redaction, stored
from dbos.status import WorkflowStatusString
from dbos.system.existing import open_existing


@click.command("export")
@options.database
@click.argument("workflow_ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All workflows that the options match.")
@click.option(
    *("-S", "--status"),
    multiple=True,
    type=click.Choice([status.value for status in WorkflowStatusString]),
    help="With --all: only in this state; may be repeated.",
)
@click.option("-n", "--name", help="With --all: only workflows of this name.")
@click.option("-l", "--limit", type=click.IntRange(min=1), help="With --all: at most so many.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option(
    "--redact",
    is_flag=True,
    help="Leave out all values. A replay then compares names and argument digests until the code"
    " needs a value.",
)
def export(
    url: str | None,
    schema: str,
    workflow_ids: tuple[str, ...],
    everything: bool,
    status: tuple[str, ...],
    name: str | None,
    limit: int | None,
    output: Path | None,
    redact: bool,
) -> None:
    """Write the histories of workflows as JSON, to be replayed by `dbos-build replay --fixture`.

    Inputs, outputs and errors are copied as they are stored; pickles are not loaded.
    """
    if everything == bool(workflow_ids):
        raise click.UsageError("name the workflows to export, or give --all")
    if workflow_ids and (status or name or limit):
        raise click.UsageError("--status, --name and --limit go with --all")
    with closing(open_existing(options.database_url(url), schema=schema)) as system:
        found = stored.select(
            system, ids=workflow_ids or None, status=status or None, name=name, most=limit
        )
        ids = workflow_ids or [one.workflow_id for one in found][:limit]
        histories = list(stored.named(system, list(dict.fromkeys(ids))))
    if redact:
        histories = [redaction.redacted(one) for one in histories]
    text = history.dump(histories)
    if output is None:
        click.echo(text, nl=False)
        return
    _write(output, text)
    count = len(histories)
    say(f"exported {count} workflow{'' if count == 1 else 's'} to {output}")


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            temporary.write_text(text, encoding="utf-8", newline="\n")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written ({error.strerror})") from None
