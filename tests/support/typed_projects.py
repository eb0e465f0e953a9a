"""Projects that are checked with types: copied to a temporary folder, with stub libraries beside.

In: the folder `compiler/types/cases`. Out: a project on disk with its findings with and without
types. The libraries are found through MYPYPATH, as a user's own stubs would be.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.reading import sources
from dbos_build.reading.sources import Project
from dbos_build.settings import config
from dbos_build.types import checking

CASES = Path(__file__).resolve().parents[1] / "compiler" / "types" / "cases"
LIBRARIES = CASES / "site"


def copied(folder: Path) -> Path:
    """The project of the cases, somewhere it may be changed."""
    return Path(shutil.copytree(CASES / "project", folder / "project"))


def written(folder: Path, files: dict[str, str]) -> Path:
    """A configured project of these files."""
    root = folder / "project"
    for name, text in {"pyproject.toml": "[tool.dbos-build]\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@contextmanager
def libraries(*folders: Path) -> Iterator[None]:
    """Let mypy find the stub libraries, or others."""
    before = os.environ.get("MYPYPATH")
    os.environ["MYPYPATH"] = os.pathsep.join(map(str, folders or (LIBRARIES,)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["MYPYPATH"]
        else:
            os.environ["MYPYPATH"] = before


def analysed(root: Path) -> tuple[Project, Program]:
    """A project analysed without types."""
    settings = config.load([root])
    project = sources.read([root], settings)
    return project, program.analyse(project, settings)


def typed(root: Path) -> Program:
    """A project analysed with types; mypy is asked about all its modules."""
    project, plain = analysed(root)
    paths = [module.path for module in plain.modules]
    table = checking.resolve(project.root, plain.modules, paths, plain.settings)
    return program.with_types(plain, project, table)


def findings(root: Path) -> list[Finding]:
    """What is found with types; mypy is asked where something stays open."""
    project, plain = analysed(root)
    table = checking.resolve(project.root, plain.modules, plain.unresolved(), plain.settings)
    return rules.check(program.with_types(plain, project, table))


def flagged(found: list[Finding]) -> set[tuple[str, int, str]]:
    """(path, line, code) of findings."""
    return {(finding.path, finding.line, finding.code) for finding in found}
