"""Where mypy works: its configuration, its cache, and the facts it leaves behind.

In: the folder of the project's configuration, if it has one. Out: a folder that is ours alone while
it is used. Never: writes beside sources outside `.dbos-build/`, follows a symbolic link planted
there, or shares the folder with another run; whenever that cannot be had, a temporary folder does.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OUTCOME = "outcome.json"


@contextmanager
def opened(root: Path | None) -> Iterator[Path]:
    """The folder to work in: kept for the next run below a configured root, else a temporary one.

    Raises OSError when not even a temporary folder can be made.
    """
    if root is not None:
        kept = root / ".dbos-build" / "types"
        with _claimed(kept) as is_ours:
            if is_ours:
                yield kept
                return
    with tempfile.TemporaryDirectory(prefix="dbos-build-") as temporary:
        folder = Path(os.path.realpath(temporary))
        (folder / "facts").mkdir()
        yield folder


@contextmanager
def _claimed(folder: Path) -> Iterator[bool]:
    """Hold a folder against other runs; False when it cannot be used."""
    descriptor: int | None = None
    try:
        descriptor = _lock(folder)
        if descriptor is not None:
            _prepare(folder)
    except OSError:
        if descriptor is not None:
            os.close(descriptor)
            descriptor = None
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(folder: Path) -> int | None:
    """Make the folder and lock it; None when it is not plainly ours, or in use."""
    for place in (folder.parent, folder):
        with suppress(FileExistsError):
            place.mkdir()
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            return None
    if _has_links(folder):
        return None
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(folder / "lock", flags, 0o600)
    try:
        import fcntl
    except ImportError:  # Windows: runs there are told apart by the files they cannot replace.
        return descriptor
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _has_links(folder: Path) -> bool:
    """Whether anything below is a symbolic link: we never make one, so somebody planted it."""
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_symlink():
                    return True
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return False


def _prepare(folder: Path) -> None:
    """Start from what a run finished; what a killed one left half written is thrown away."""
    outcome = folder / _OUTCOME
    if outcome.exists():
        outcome.unlink()
    else:
        discard(folder)
    (folder / "facts").mkdir(exist_ok=True)
    replace(folder / ".gitignore", "*\n")


def discard(folder: Path) -> None:
    """Throw away what earlier runs have left."""
    for stale in ("cache", "facts"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    (folder / "facts").mkdir(exist_ok=True)


def replace(file: Path, text: str) -> None:
    """Write a file at once, in place of whatever has its name."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent)
    with open(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(temporary, file)
