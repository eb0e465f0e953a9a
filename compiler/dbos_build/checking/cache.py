"""The cache: what earlier runs found out, kept beside the project in `.dbos-build/check/`.

In: JSON values under a name, with the key that they belong to. Out: the same values when the key is
the same, else nothing. Never does: keep anything but data; trust a file that is malformed, that
belongs to another version of this package, or that a symbolic link leads to; fail: a cache that
cannot be read or written is no cache, and it can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dbos_build.reading.sources import Project, Source

FOLDER = ".dbos-build"
FILE_SIZE_MAX_BYTES = 64 * 1024 * 1024
FILES_MAX = 24
"""More results than that are of settings that nobody uses any more."""
WORTHWHILE_CHARACTERS = 200_000
"""Smaller projects are checked as fast as a cache is read; nothing is written into their folder."""


@dataclass(frozen=True, slots=True)
class Cache:
    """One folder of values. `folder` is None for a run that keeps nothing."""

    folder: Path | None

    def load(self, name: str, key: str) -> object:
        """The value kept under a name, or None when there is none for this key."""
        if self.folder is None:
            return None
        with suppress(OSError, ValueError, RecursionError):
            document = json.loads(_read(self.folder, name))
            if isinstance(document, dict) and document.get("key") == key:
                value: object = document.get("value")
                if document.get("check") == _check(key, value):
                    return value
        return None

    def save(self, name: str, key: str, value: object) -> None:
        """Keep a value; whole or not at all."""
        if self.folder is None:
            return
        document = {"key": key, "check": _check(key, value), "value": value}
        with suppress(OSError, ValueError):
            _prepare(self.folder)
            _write(self.folder, name, json.dumps(document, separators=(",", ":")))
            _prune(self.folder)


def opened(root: Path | None, project: Project) -> Cache:
    """The cache of a project below `root`; one that keeps nothing where that does not pay."""
    if root is None:
        return Cache(None)
    size = sum(len(source.text or "") for source in project.sources)
    return Cache(root / FOLDER / "check" if size >= WORTHWHILE_CHARACTERS else None)


def digest(texts: Iterable[str]) -> str:
    """A digest of some texts, in which each keeps its borders."""
    made = hashlib.blake2b(digest_size=16)
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        made.update(b"%d:" % len(content))
        made.update(content)
    return made.hexdigest()


def source_digests(project: Project) -> list[str]:
    """The digest of the text of every source, in order."""
    return [text_digest(source) for source in project.sources]


def project_key(project: Project, digests: Iterable[str], *rest: str) -> str:
    """The key of everything that the findings of a project depend on; `rest` are the settings."""
    parts = [tool_key(), *rest]
    for source, text in zip(project.sources, digests, strict=True):
        flags = f"{source.requested:d}{source.is_package:d}"
        names = " ".join((source.module, *source.aliases))
        parts += [source.path, names, flags, source.problem or "", text]
    return digest(parts)


def tool_key() -> str:
    """What stands for this package as it is installed, and for the Python that runs it."""
    waiting = [str(Path(__file__).parents[1])]
    found: list[str] = []
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".tsv")):
                    status = entry.stat()
                    found.append(f"{entry.path} {status.st_mtime_ns} {status.st_size}")
                elif entry.is_dir() and not entry.name.startswith("__"):
                    waiting.append(entry.path)
    return digest([sys.version, *sorted(found)])


def text_digest(source: Source) -> str:
    """The digest of the text of one source."""
    content = (source.text or "").encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _check(key: str, value: object) -> str:
    """A sum over a kept value, so that a damaged file is not taken for a whole one."""
    return digest((key, json.dumps(value, separators=(",", ":"))))


def _read(folder: Path, name: str) -> str:
    """The text of a regular file; links are refused, here and on the way from the project."""
    _refuse_links(folder)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(folder / name, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > FILE_SIZE_MAX_BYTES:
            raise OSError(f"{name} is no file of ours")
        return stream.read().decode("utf-8")


def _prepare(folder: Path) -> None:
    """Make the folder, and keep version control from taking it up."""
    for place in (folder.parent, folder):
        with suppress(FileExistsError):
            place.mkdir()
    _refuse_links(folder)
    marker = folder.parent / ".gitignore"
    if not os.path.lexists(marker):
        _write(folder.parent, ".gitignore", "*\n")


def _refuse_links(folder: Path) -> None:
    for place in (folder.parent, folder):
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            raise NotADirectoryError(str(place))


def _write(folder: Path, name: str, text: str) -> None:
    """Put a file in place at once."""
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=folder)
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(temporary, folder / name)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _prune(folder: Path) -> None:
    """Drop the files that were not written for the longest time."""
    with os.scandir(folder) as entries:
        files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    if len(files) > FILES_MAX:
        files.sort(key=lambda entry: (entry.stat().st_mtime_ns, entry.name))
        for entry in files[: len(files) - FILES_MAX]:
            os.unlink(entry.path)
