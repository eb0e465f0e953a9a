"""``dbos start``: a worker process.

In: the modules of an application, or a ``dbos-config.yaml`` with the commands that start it. Out: a
process that recovers, serves queues and schedules until it is told to stop. Never makes a second
DBOS beside one that the modules have made.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import types
from pathlib import Path
from typing import NoReturn

import click

from dbos.app import DBOS
from dbos.cli import options, start_commands
from dbos.error import DBOSInitializationError


@click.command()
@click.argument("modules", nargs=-1)
@click.option("-r", "--registry", help="Module of the registry, such as shop.dbos_registry.")
@click.option("-n", "--name", help="Application name, when no module makes a DBOS itself.")
@click.option("-q", "--queues", help="Work only on these queues, separated by commas.")
@options.database
def start(
    modules: tuple[str, ...],
    registry: str | None,
    name: str | None,
    queues: str | None,
    url: str | None,
    schema: str,
) -> None:
    """Run the workflows of an application until SIGINT or SIGTERM.

    Imports MODULES from the current folder. With --registry, workflows are imported when they are
    needed. Without either, runs the commands of runtimeConfig.start in dbos-config.yaml.
    """
    if not modules and registry is None:
        _run_commands()
    sys.path.insert(0, os.getcwd())
    loaded = [_load(module) for module in (*modules, *([registry] if registry else []))]
    if not DBOS.exists():
        if name is None:
            raise click.UsageError("no module makes a DBOS, so give the application's --name")
        DBOS(
            config={
                "name": name,
                "system_database_url": url or os.environ.get("DBOS_SYSTEM_DATABASE_URL"),
                "dbos_system_schema": schema,
            },
            registry=loaded[-1] if registry else None,
        )
    if queues:
        DBOS.listen_queues([queue.strip() for queue in queues.split(",") if queue.strip()])
    DBOS.launch()
    click.echo("DBOS is running; stop it with Ctrl-C")
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    DBOS.destroy()


def _run_commands() -> NoReturn:
    """Run what ``dbos-config.yaml`` says, and exit as it does."""
    commands = start_commands.read_commands(Path.cwd())
    if not commands:
        raise click.UsageError(
            "name the application's modules or its --registry, or list the commands that start it"
            f" in {start_commands.FILE}:\n{start_commands.EXAMPLE}"
        )
    raise click.exceptions.Exit(start_commands.run_commands(commands))


def _load(module: str) -> types.ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise DBOSInitializationError(
            f"There is no module {module!r} here; run this in the application's folder"
        ) from None
