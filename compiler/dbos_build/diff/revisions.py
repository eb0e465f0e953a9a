"""What a git revision holds, without touching the working tree.

In: the name of a revision, and a folder inside a repository. Out: one of its files as text, or a
temporary folder with its Python files and configuration. Git does all reading; a folder of its own
makes a revision read exactly as a checkout of it would be: links, encodings, exclusions and all.
Never: changes the working tree, the index or anything else of the repository.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbos_build.error import SourceError

_WANTED = (".py", "/pyproject.toml", "/dbos-build.toml")
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit: the name that was asked for, its hash, and the repository's top folder."""

    name: str
    commit: str
    top: Path


def find(name: str, folder: Path) -> Revision:
    """Return the commit that a name stands for in the repository around a folder.

    Raises SourceError when there is no git, no repository, or no such revision.
    """
    asked = _git(folder, "rev-parse", "--show-toplevel")
    if asked.returncode:
        raise SourceError(
            f"{name!r} is no file or folder, and {folder.resolve()} is in no git repository"
        )
    top = Path(os.fsdecode(asked.stdout.rstrip(b"\r\n")))
    if name.startswith("-") or not name.strip() or "\0" in name:
        raise SourceError(f"{name!r} is no git revision")
    found = _git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if found.returncode:
        raise SourceError(f"{name!r} is neither a file or folder nor a git revision in {top}")
    return Revision(name, found.stdout.decode("ascii").strip(), top)


def text_of(revision: Revision, path: Path) -> str | None:
    """Return a file as the revision has it, by its path in the working tree; None without one.

    Raises SourceError for a file that is no text.
    """
    inside = _inside(revision, path)
    shown = _git(revision.top, "show", f"{revision.commit}:{inside}")
    if shown.returncode:
        return None
    try:
        return shown.stdout.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise SourceError(f"{revision.name}:{inside}: is not UTF-8") from failure


@contextmanager
def checked_out(revision: Revision, folder: Path) -> Iterator[Path]:
    """Give the folder as the revision has it, in a temporary place that is removed afterwards.

    Raises SourceError when the revision has no such folder.
    """
    inside = _inside(revision, folder)
    listed = _git(
        revision.top, "ls-tree", "-r", "-z", "--name-only", "--full-tree", revision.commit
    )
    names = [each for each in listed.stdout.split(b"\0") if each]
    wanted = [each for each in names if (b"/" + each).endswith(tuple(map(str.encode, _WANTED)))]
    if not any(inside == "." or each.startswith(os.fsencode(inside) + b"/") for each in wanted):
        raise SourceError(f"{revision.name}: has no Python files in {inside!r}")
    with tempfile.TemporaryDirectory(prefix="dbos-build-") as made:
        tree = Path(made).resolve() / "tree"
        tree.mkdir()
        index = {"GIT_INDEX_FILE": os.path.join(made, "index")}
        read = _git(revision.top, "read-tree", revision.commit, environment=index)
        placed = _git(
            revision.top,
            *("checkout-index", "-q", "-f", "-z", "--stdin", f"--prefix={tree}/"),
            environment=index,
            given=b"\0".join(wanted),
        )
        if read.returncode or placed.returncode:
            why = (read.stderr or placed.stderr).decode("utf-8", "replace").strip().split("\n")[0]
            raise SourceError(f"{revision.name}: cannot be read from git: {why}")
        yield tree / inside


def _inside(revision: Revision, path: Path) -> str:
    """A path of the working tree, relative to the top of the repository."""
    try:
        return path.resolve().relative_to(revision.top.resolve()).as_posix()
    except ValueError as failure:
        raise SourceError(f"{path}: is not inside the repository {revision.top}") from failure


def _git(
    folder: Path,
    *arguments: str,
    environment: dict[str, str] | None = None,
    given: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder; what it answers is for the caller to judge."""
    surroundings = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **(environment or {})}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=surroundings,
            input=given,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError as failure:
        raise SourceError("git is not installed, so no revision can be read") from failure
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise SourceError(f"git cannot be run in {folder}: {failure}") from failure
