"""`dbos-build stranded`: which build can take over each workflow in flight, or why none can.

In: a database, sources, lock files. Out: a summary; exit code 1 when something is stranded.
Never: writes to the database, loads a stored value, or runs code of the project.
"""

from __future__ import annotations

from pathlib import Path

import click

from dbos_build.building import emit, manifest
from dbos_build.cli import EXIT_CLEAN, EXIT_FINDINGS, session
from dbos_build.diff import build as code
from dbos_build.error import ManifestError, SourceError
from dbos_build.inflight import proving, reading, report, succession
from dbos_build.inflight.former import Formers
from dbos_build.inflight.judging import Build
from dbos_build.inflight.proving import Difference
from dbos_build.inflight.succession import Former
from dbos_build.inflight.summary import Summary, summarise
from dbos_build.reading import sources
from dbos_build.settings import config

FORMATS = ("text", "markdown", "json")


@click.command("stranded")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--db",
    "url",
    metavar="URL",
    help="System database. Default: DBOS_SYSTEM_DATABASE_URL, which other users cannot see.",
)
@click.option("--schema", default="dbos", show_default=True, help="Schema of the tables.")
@click.option(
    "--build",
    "locks",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="LOCK",
    help="Lock file of a build to judge by, beside the sources; also several.",
)
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How the answer is written.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How many groups, and ids of each, to show. JSON always has all.",
)
def command(
    paths: tuple[Path, ...],
    url: str | None,
    schema: str,
    locks: tuple[Path, ...],
    output_format: str,
    limit: int,
) -> int:
    """Show which build can take over the workflows in flight: the sources below PATHS, or a LOCK.

    Former versions of the code are known from the locks given, and from git's history of the
    project's own lock file. Nothing is run and nothing stored is loaded.
    """
    summary = _summary(paths, url, schema, locks)
    match output_format:
        case "json":
            click.echo(report.as_json(summary), nl=False)
        case "markdown":
            click.echo(report.as_markdown(summary, limit), nl=False)
        case _:
            click.echo(report.as_text(summary, limit), nl=False)
    return EXIT_FINDINGS if summary.stranded else EXIT_CLEAN


def _summary(
    paths: tuple[Path, ...], url: str | None, schema: str, locks: tuple[Path, ...]
) -> Summary:
    given = [_of_lock(path) for path in locks]
    own = emit.places(paths, config.load(paths)).lock
    on_disk = succession.on_disk(own)
    current = _of_sources(paths, on_disk)
    if current.code.workflows or paths or not given:
        if not current.code.workflows:
            raise SourceError(
                "there are no workflows in the sources; name the folder of the program, or a lock "
                "file with --build"
            )
        builds = [current, *given]
    else:
        builds = given
    formers = Formers([*(each.code for each in given), *(each.build for each in on_disk)], own)

    compared: dict[tuple[str, str, int], Difference | None] = {}

    def compare(name: str, version: str, build: Build) -> Difference | None:
        key = (name, version, id(build))
        if key not in compared:
            old = formers.find(name, version)
            compared[key] = None if old is None else proving.difference(name, old, build.code)
        return compared[key]

    return summarise(reading.read(url, schema), builds, compare)


def _of_sources(paths: tuple[Path, ...], on_disk: tuple[Former, ...]) -> Build:
    """The build that the sources make now, with the proofs that it would carry."""
    from dbos_build.versions import compute

    analysed = session.analyse(paths, whole=True).program
    computed = compute(analysed)
    made = code.of_program(analysed, "sources", computed)
    return Build(
        label="sources",
        application_version=computed.application,
        code=made,
        takes_over={
            name: succession.proofs(name, each.version, on_disk, made)
            for name, each in made.workflows.items()
        },
    )


def _of_lock(path: Path) -> Build:
    text = sources.read_text(path)
    document = manifest.lock_document(text, str(path))
    version = document.get("application_version")
    if not isinstance(version, str):
        raise ManifestError(f"{path}: is damaged; run `dbos-build build`")
    return Build(
        label=session.displayed(path),
        application_version=version,
        code=code.of_lock(text, str(path)),
        takes_over={
            name: {proof.version: proof.reason for proof in each.takes_over}
            for name, each in manifest.read_lock(text, str(path)).items()
        },
    )
