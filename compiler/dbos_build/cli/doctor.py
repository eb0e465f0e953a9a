"""`dbos-build doctor`: what is missing or wrong around a project, and what to run.

In: a folder, and a database when one is given. Out: one line per thing looked at; exit code 1 when
something is wrong. Never: mends, writes or runs code of the project; stops at the first problem.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from dbos_build import verification
from dbos_build.building import emit, manifest
from dbos_build.building.emit import Places
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.error import BuildError, DatabaseError, NoSourcesError
from dbos_build.founding import situation
from dbos_build.health.check import Check, State, fine, note, problem
from dbos_build.health.installation import installation
from dbos_build.health.surroundings import surroundings
from dbos_build.inflight import reading, succession
from dbos_build.report.plain import counted, plain, styled
from dbos_build.settings import config
from dbos_build.settings.config import Settings

_STYLES = {State.OK: "good", State.NOTE: "warning", State.PROBLEM: "error"}


@click.command("doctor")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--db",
    "url",
    metavar="URL",
    help="Also try this system database. Default: DBOS_SYSTEM_DATABASE_URL, if that is set.",
)
@click.option("--schema", default="dbos", show_default=True, help="Schema of the tables.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the answer is written.",
)
def command(path: Path, url: str | None, schema: str, output_format: str) -> int:
    """Say what is missing or wrong around the project in PATH, with the command that mends it."""
    found = tuple(_checks(path, url or os.environ.get(reading.URL_VARIABLE), schema))
    if output_format == "json":
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        _tell(found)
    wrong = any(each.state is State.PROBLEM for each in found)
    return EXIT_FINDINGS if wrong else EXIT_CLEAN


def _tell(found: tuple[Check, ...]) -> None:
    colour = session.wants_colour("auto", to_file=False)
    for each in found:
        state = styled(f"{each.state.value:<8}", _STYLES[each.state], colour)
        click.echo(f"{state} {each.name}: {plain(each.message)}", color=colour)
        if each.command:
            click.echo(f"{'':8} run: {plain(each.command)}")
    problems = sum(each.state is State.PROBLEM for each in found)
    notes = sum(each.state is State.NOTE for each in found)
    click.echo(f"{counted(problems, 'problem')}, {counted(notes, 'note')}.")


def _checks(path: Path, url: str | None, schema: str) -> Iterator[Check]:
    try:
        settings = config.load([path])
    except BuildError as failure:
        yield from installation([path], types=False)
        yield problem("configuration", str(failure))
        return
    root = settings.root or path.resolve()
    bases = dict.fromkeys((root, *((root / each).parent for each in settings.sources)))
    yield from installation(tuple(bases), types=settings.types)
    if settings.root is None:
        message = "none; the defaults hold"
        yield note("configuration", message, "dbos-build init")
    else:
        yield fine("configuration", f"in {plain(str(settings.root))}")
    where = emit.places([root], settings)
    yield from _program(root, settings, where)
    try:
        here = situation.look(root)
    except BuildError as failure:
        yield problem("surroundings", str(failure))
    else:
        yield from surroundings(here, (where.registry, where.lock))
    if url is not None:
        yield _database(url, schema)


def _program(root: Path, settings: Settings, where: Places) -> Iterator[Check]:
    """The findings, and whether the generated files belong to the sources."""
    try:
        analysis = session.analyse(session.declared(settings, root), whole=True)
    except BuildError as failure:
        is_empty = isinstance(failure, NoSourcesError)
        yield problem("sources", str(failure), "dbos-build init" if is_empty else "")
        return
    workflows = counted(len(analysis.program.workflows), "workflow")
    if analysis.errors:
        message = f"{counted(len(analysis.errors), 'error')} in {workflows}"
        yield problem("findings", message, "dbos-build check")
        return
    yield fine("findings", f"no errors in {workflows}")
    if not analysis.program.workflows and not where.lock.exists():
        return
    made = succession.kept(manifest.make(analysis.program), succession.on_disk(where.lock))
    for output in emit.outputs(made, where):
        name = session.displayed(output.path)
        kind = "registry" if output.path == where.registry else "lock"
        try:
            faults = list(verification.stale(output, made, name))
        except BuildError as failure:
            yield problem(kind, str(failure), "dbos-build build")
            continue
        if faults:
            # Where they go to is decided when the project is set up.
            is_set_up = settings.root is not None or output.path.exists()
            command = "dbos-build build" if is_set_up else "dbos-build init"
            yield problem(kind, f"{name} {_first(faults)}", command)
        else:
            yield fine(kind, f"{name} belongs to the sources")


def _first(faults: list[verification.Fault]) -> str:
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    at = f" (line {faults[0].line})" if faults[0].line > 1 else ""
    return f"{faults[0].message}{at}{more}"


def _database(url: str, schema: str) -> Check:
    """Whether the runtime can read a system database; its address is told to nobody."""
    try:
        in_flight = sum(1 for _ in reading.read(url, schema))
    except DatabaseError as failure:
        is_empty = "no system database" in str(failure)
        return problem("database", str(failure), "dbos migrate" if is_empty else "")
    return fine("database", f"reached; {counted(in_flight, 'workflow')} in flight")
