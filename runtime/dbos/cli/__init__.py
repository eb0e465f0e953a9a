"""The ``dbos`` command: start a worker, look after the database, see and steer workflows.

In: arguments. Out: tables for people or JSON for scripts on stdout, one-line errors on stderr; exit
code 0, 1 when something asked for does not exist, 2 for wrong usage or a database that cannot be
used. Never decodes anything that could run code.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from dbos.cli.console import console
from dbos.cli.database import migrate, reset
from dbos.cli.output import Missing, plain
from dbos.cli.overview import queue, release, schedule, version
from dbos.cli.start import start
from dbos.cli.workflow import workflow
from dbos.error import DBOSException, DBOSNonExistentWorkflowError

EXIT_MISSING, EXIT_ERROR = 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(release(), "-V", "--version", message="%(version)s")
def group() -> None:
    """Run durable workflows and look after them."""


for command in (start, migrate, reset, console, workflow, queue, schedule, version):
    group.add_command(command)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit; ``arguments`` default to those of the process."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        code = group.main(args=arguments, prog_name="dbos", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as failure:
        failure.show()
        return EXIT_MISSING if isinstance(failure, Missing) else EXIT_ERROR
    except click.Abort:
        click.echo("Aborted.", err=True)
        return EXIT_ERROR
    except DBOSNonExistentWorkflowError as failure:
        click.echo(f"dbos: {plain(str(failure))}", err=True)
        return EXIT_MISSING
    except DBOSException as failure:
        click.echo(f"dbos: error: {plain(str(failure))}", err=True)
        return EXIT_ERROR
    except Exception as failure:
        from dbos.system.dialect import is_driver_error

        if not is_driver_error(failure):
            raise
        # The first line of a driver's message tells what is wrong; it never holds a password.
        told = str(failure).strip().partition("\n")[0]
        click.echo(f"dbos: error: cannot use the system database: {plain(told)}", err=True)
        return EXIT_ERROR
