"""`dbos-build demo`: build, run, kill and recover the example shop.

In: a folder to work in, or none for a temporary one. Out: a shell session on stdout; exit code 0
when each step ran exactly once, 1 when not. Never: touches anything outside that folder.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from dbos_build import demo
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS


@click.command("demo")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="An empty folder to work in, kept afterwards. Default: a temporary one.",
)
def command(directory: Path | None) -> int:
    """Check and build the example shop, kill it in a checkout, restart it, and prove the result.

    The shop runs on SQLite. Every command is shown as you would type it.
    """
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        return _run(directory.resolve())
    with tempfile.TemporaryDirectory(prefix="dbos-build-demo-") as folder:
        return _run(Path(folder).resolve())


def _run(folder: Path) -> int:
    return EXIT_CLEAN if demo.run(folder, click.echo) else EXIT_FINDINGS
