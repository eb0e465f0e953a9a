"""The `dbos-build` command: one module per subcommand, imported when it is run.

In: arguments. Out: text on stdout, one-line errors on stderr, and an exit code: 0 clean, 1 findings
or a failed verification, 2 wrong usage, wrong configuration or an internal error.
Never: imports what a subcommand needs in order to show help.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NoReturn

import click

from dbos_build import __version__
from dbos_build.error import BuildError

EXIT_CLEAN, EXIT_FINDINGS, EXIT_ERROR = 0, 1, 2


def _check() -> click.Command:
    from dbos_build.cli.check import command

    return command


def _build() -> click.Command:
    from dbos_build.cli.build import command

    return command


def _verify() -> click.Command:
    from dbos_build.cli.verify import command

    return command


def _version() -> click.Command:
    from dbos_build.cli.version import command

    return command


def _diff() -> click.Command:
    from dbos_build.cli.diff import command

    return command


def _graph() -> click.Command:
    from dbos_build.cli.graph import command

    return command


def _rule() -> click.Command:
    from dbos_build.cli.rule import command

    return command


def _fix() -> click.Command:
    from dbos_build.cli.fix import command

    return command


def _replay() -> click.Command:
    from dbos_build.cli.replay import command

    return command


def _demo() -> click.Command:
    from dbos_build.cli.demo import command

    return command


def _stranded() -> click.Command:
    from dbos_build.cli.stranded import command

    return command


def _server() -> click.Command:
    from dbos_build.cli.server import command

    return command


def _init() -> click.Command:
    from dbos_build.cli.init import command

    return command


def _doctor() -> click.Command:
    from dbos_build.cli.doctor import command

    return command


def _upgrade() -> click.Command:
    from dbos_build.cli.upgrade import command

    return command


COMMANDS: Mapping[str, tuple[Callable[[], click.Command], str]] = MappingProxyType(
    {
        "init": (_init, "Set up a project, or make a new one."),
        "check": (_check, "Look for violations in workflows."),
        "fix": (_fix, "Make the fixes that the findings of a check have."),
        "build": (_build, "Write the registry and the lock file."),
        "verify": (_verify, "Fail when the registry or the lock file is stale."),
        "version": (_version, "Show the version of the application and of each workflow."),
        "replay": (_replay, "Run workflows against what was recorded of them."),
        "stranded": (_stranded, "Show which build can take over the workflows in flight."),
        "diff": (_diff, "Say which workflows in flight a new build can take over."),
        "graph": (_graph, "Draw the durable operations of a workflow."),
        "rule": (_rule, "Explain a rule, or list all of them."),
        "server": (_server, "Show findings in an editor, while people type."),
        "doctor": (_doctor, "Say what is missing or wrong around a project."),
        "upgrade": (_upgrade, "Rewrite a program of the original for this runtime."),
        "demo": (_demo, "Build, run, kill and recover the example application."),
    }
)
"""Every subcommand: how to load it, and its line in the help."""


class _Commands(click.Group):
    """A group that knows the names and summaries of its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        return entry[0]() if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}.{_closest(args[0])}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dbos-build")
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong inside.")
def group(debug: bool) -> None:
    """Verify durable workflows before they run: find violations, compute versions, build."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit; `arguments` default to those of the process."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # Names in user code may not fit the terminal's encoding.
            reconfigure(errors="backslashreplace")
    sys.exit(run(given))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    debug = "--debug" in arguments or bool(os.environ.get("DBOS_BUILD_DEBUG"))
    try:
        code = group.main(args=arguments, prog_name="dbos-build", standalone_mode=False)
        return code if isinstance(code, int) else EXIT_CLEAN
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as failure:
        failure.show()
        return EXIT_ERROR
    except click.Abort:
        click.echo("interrupted", err=True)
        return EXIT_ERROR
    except BrokenPipeError:  # The reader of our output went away; there is nobody to tell.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return EXIT_ERROR
    except BuildError as failure:
        return _complain(str(failure))
    except (Exception, RecursionError, MemoryError) as failure:
        if debug:
            raise
        kind = type(failure).__name__
        detail = f": {failure}" if str(failure) else ""
        return _complain(f"internal error: {kind}{detail} (use --debug to see where)")


def _complain(message: str) -> int:
    from dbos_build.report.plain import plain

    click.echo(f"dbos-build: error: {plain(message)}", err=True)
    return EXIT_ERROR


def _closest(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, COMMANDS, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
