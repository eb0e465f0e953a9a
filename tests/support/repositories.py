"""Git repositories for tests: made in a folder, with commits of given files.

In: a folder. Out: `Repository`, which commits, branches and clones there. It never reads the
machine's git configuration, and touches no other repository.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository whose work tree is `folder`."""

    folder: Path

    def git(self, *arguments: str) -> str:
        """Run git there; what it prints."""
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        author = {"GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "e@x"}
        committer = {"GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "e@x"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **settings, **author, **committer},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the work tree."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, message: str = "a commit") -> None:
        """Commit everything in the work tree."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def clone(self, folder: Path) -> Repository:
        """A clone in another folder."""
        self.git("clone", "-q", str(self.folder), str(folder))
        return Repository(folder)


def create(folder: Path) -> Repository:
    """A new repository with the branch `main`, without commits."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(folder)
    made.git("init", "-q", "-b", "main")
    return made
