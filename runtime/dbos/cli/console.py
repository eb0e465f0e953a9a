"""``dbos console``: workflows, queues and schedules in a browser.

In: a system database that exists. Out: pages on this machine until Ctrl-C. Never listens beyond
this machine without a token, never changes anything without ``--allow-actions``.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from dbos.cli import options

NEEDED = ("starlette", "uvicorn")


@click.command(short_help="Show workflows, queues and schedules in a browser.")
@options.database
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port; by default one that is free."
)
@click.option("--allow-actions", is_flag=True, help="Offer cancel, resume, restart and fork.")
@click.option(
    "--token",
    envvar="DBOS_CONSOLE_TOKEN",
    help="Ask for this token; needed when other machines can connect. Better given in"
    " DBOS_CONSOLE_TOKEN, which no list of processes shows.",
)
@click.option(
    "--lock",
    type=click.Path(path_type=Path),
    help="A dbos-build.lock: show the flow of each workflow with what it did.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def console(
    url: str | None,
    schema: str,
    host: str,
    port: int,
    allow_actions: bool,
    token: str | None,
    lock: Path | None,
    no_browser: bool,
) -> None:
    """Show workflows, queues and schedules in a browser; read-only unless told otherwise."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.UsageError(
            f"the console needs {' and '.join(missing)}: pip install 'dbos-build[console]'"
        )
    from dbos.console import serving

    serving.serve(
        serving.Options(
            url=options.database_url(url),
            schema=schema,
            host=host,
            port=port,
            allow_actions=allow_actions,
            token=token,
            lock=lock,
            browser=not no_browser and sys.stdout.isatty(),
        ),
        tell=click.echo,
    )
