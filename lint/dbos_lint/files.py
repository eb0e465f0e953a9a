"""What `dbos-build check` finds in files on disk, file by file: for hosts that ask about each one.

In: the files and folders that a host was told to look at, then one file after the other. Out: the
findings of that file. Never does: check a project twice; differ from what `dbos-build check` says
of the same paths, its baseline, types and cache included.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dbos_build.cli import known, session
from dbos_build.cli.session import Asked
from dbos_build.error import NoSourcesError
from dbos_build.findings import Finding
from dbos_build.reading.discovery import SUFFIX
from dbos_build.report.plain import plain
from dbos_build.settings import config


def line(finding: Finding) -> str:
    """What `check --output-format concise` prints after the place and the severity."""
    return f"{finding.code} [{finding.name}] {plain(finding.message)}"


def in_buffer(name: Path, text: str) -> tuple[Finding, ...]:
    """The findings in a text that stands for a file, as `check - --stdin-filename` has them.

    Raises BuildError for a configuration or paths that make no sense.
    """
    paths = (name if name.exists() else name.parent,)
    found = _found(paths, Asked(use_cache=False, buffer=(name, text)))
    return next(iter(found.values()), ())


@dataclass(slots=True)
class Files:
    """The findings of the files below some paths; each project among them is checked once."""

    _found: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _roots: set[Path | None] = field(default_factory=set)

    def look(self, paths: Sequence[Path]) -> None:
        """Check what a host was told to look at, one project after the other.

        Paths that do not exist are the host's to complain about. Raises BuildError for a
        configuration that makes no sense.
        """
        groups: dict[Path | None, list[Path]] = {}
        for path in paths:
            if path.exists():
                groups.setdefault(config.load([path]).root, []).append(path)
        for root, group in groups.items():
            self._look(root, [path for path in group if path.is_dir() or path.suffix == SUFFIX])

    def of(self, path: Path) -> tuple[Finding, ...]:
        """The findings of one file; none for a file that the configuration leaves out.

        A file that no check covered, of a project that none was about, is checked with its project.
        Raises BuildError for a configuration that makes no sense.
        """
        place = _place(path)
        if place not in self._found:
            settings = config.load([path])
            if settings.root is not None and settings.root not in self._roots:
                self._look(settings.root, [settings.root / each for each in settings.sources])
            self._found.setdefault(place, ())
        return self._found[place]

    def _look(self, root: Path | None, paths: Sequence[Path]) -> None:
        self._roots.add(root)
        if paths:
            with suppress(NoSourcesError):
                self._found.update(_found(paths, Asked()))


def _found(paths: Sequence[Path], asked: Asked) -> dict[str, tuple[Finding, ...]]:
    """Check like the command; every file that was asked about has an entry."""
    outcome, _ = known.sifted(session.check(paths, asked), None)
    root = outcome.project.root
    found: dict[str, list[Finding]] = {
        source.path: [] for source in outcome.project.sources if source.requested
    }
    for finding in outcome.findings:
        found[finding.path].append(finding)
    return {_place(root / path): tuple(each) for path, each in found.items()}


def _place(path: Path) -> str:
    """An absolute path with its folders resolved; the file itself may be a link to another."""
    return os.path.join(os.path.realpath(path.parent), path.name)
