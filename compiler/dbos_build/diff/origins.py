"""Where a build comes from: a lock file, sources in a folder, or a git revision.

In: what the user wrote, or nothing. Out: a `Build`. A file or folder of that name goes before a
revision. Never: writes anything but into a temporary folder.
"""

from __future__ import annotations

from pathlib import Path

from dbos_build.analysis import program
from dbos_build.diff import revisions
from dbos_build.diff.build import Build, of_lock, of_program
from dbos_build.error import ManifestError, SourceError
from dbos_build.reading import sources
from dbos_build.reading.discovery import SUFFIX
from dbos_build.settings import config


def read(word: str) -> Build:
    """Return the build that a lock file, a folder, a Python file or a git revision makes.

    The sources of a revision are those of the project around the current folder, as configured
    there. Raises BuildError for anything that makes no build.
    """
    path = Path(word)
    if not word.strip():
        raise SourceError("a build is named by a lock file, a folder or a git revision, not by ''")
    if _exists(path):
        if path.is_dir() or path.suffix == SUFFIX:
            return of_sources(path, word)
        return of_lock(sources.read_text(path), word)
    if path.suffix in (SUFFIX, ".lock") or word.endswith("/"):
        raise SourceError(f"{word}: does not exist")
    folder = _project()
    revision = revisions.find(word, folder)
    with revisions.checked_out(revision, folder) as tree:
        return of_sources(tree, f"{word} ({revision.commit[:12]})")


def committed() -> Build:
    """Return the build of the last commit: what its lock file says, or else its sources.

    Raises BuildError when there is no repository, or no commit yet.
    """
    folder = _project()
    try:
        revision = revisions.find("HEAD", folder)
    except SourceError as failure:
        raise SourceError(
            "there is no commit to compare with; name two builds: dbos-build diff OLD NEW"
        ) from failure
    lock = folder / config.load(()).lock
    text = revisions.text_of(revision, lock)
    if text is None:
        with revisions.checked_out(revision, folder) as tree:
            return of_sources(tree, f"HEAD ({revision.commit[:12]})")
    title = f"{lock.name} of HEAD ({revision.commit[:12]})"
    try:
        build = of_lock(text, title)
    except ManifestError as failure:
        raise ManifestError(
            f"{failure}; or compare with the sources of the commit: dbos-build diff HEAD"
        ) from failure
    if build.has_comparable_flows:
        return build
    with revisions.checked_out(revision, folder) as tree:
        return of_sources(tree, f"HEAD ({revision.commit[:12]})")


def of_sources(folder: Path | None, title: str) -> Build:
    """Return the build that the sources in a folder make; None means the project we are in."""
    paths = () if folder is None else (folder,)
    settings = config.load(paths)
    if folder is not None and settings.root == folder.resolve():
        paths = ()  # a whole project: its configuration says what its sources are
    project = sources.read(paths, settings)
    return of_program(program.analyse(project, settings), title)


def _project() -> Path:
    """The folder of the project that we are in."""
    return config.load(()).root or Path.cwd()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
