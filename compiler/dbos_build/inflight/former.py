"""Former builds: the locks that were given, and those that git remembers of the same file.

In: lock files, and where the project keeps its own. Out: what is known of a former version of a
workflow. Never touches the working tree, and asks git only for what no given lock tells.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbos_build.diff import build as builds
from dbos_build.diff.build import Build
from dbos_build.error import ManifestError

MOST_REVISIONS = 200
GIT_SECONDS = 30


class Formers:
    """Every build that is known, the given ones first; git is read as far as somebody asks."""

    def __init__(self, given: Sequence[Build], lock: Path | None) -> None:
        self._known: dict[tuple[str, str], Build] = {}
        self._remembered = iter(()) if lock is None else remembered(lock)
        for each in given:
            self._learn(each)

    def find(self, name: str, version: str) -> Build | None:
        """The build in which a workflow had a version, if any is known."""
        found = self._known.get((name, version))
        while found is None:
            older = next(self._remembered, None)
            if older is None:
                return None
            self._learn(older)
            found = self._known.get((name, version))
        return found

    def _learn(self, build: Build) -> None:
        for each in build.workflows.values():
            self._known.setdefault((each.name, each.version), build)


def remembered(lock: Path) -> Iterator[Build]:
    """Yield what a lock file said in each of its revisions, the newest first.

    Without git, a repository, or a revision in a form that is known, it yields less, or nothing.
    """
    log = ("log", f"--max-count={MOST_REVISIONS}", "--format=%H", "--", lock.name)
    for revision in (_git(lock.parent, *log) or "").split():
        text = _git(lock.parent, "show", f"{revision}:./{lock.name}")
        if text is None:
            continue
        try:
            yield builds.of_lock(text, f"{lock.name} of {revision[:12]}")
        except ManifestError:
            continue


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None when it cannot."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=GIT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.decode("utf-8", "replace")
