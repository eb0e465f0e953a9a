"""Small programs for tests of the compiler, given as a mapping from path to text.

Nothing touches the disk: the files become the `Project` that reading them would have given.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dbos_build import versions
from dbos_build.analysis import program
from dbos_build.analysis.program import Program
from dbos_build.reading.naming import name_modules
from dbos_build.reading.sources import Project, Source
from dbos_build.settings.config import Settings

Files = Mapping[str, str]


def project(files: Files) -> Project:
    """The project that these files make; packages are the folders with an `__init__.py`."""
    paths = sorted(files)
    packages = {path.rpartition("/")[0] for path in paths if path.endswith("__init__.py")}
    names = name_modules(paths, packages - {""}, ())
    sources = tuple(
        Source(
            module=names[path],
            path=path,
            text=files[path],
            is_package=path.endswith("__init__.py"),
        )
        for path in paths
    )
    return Project(root=Path("/project"), sources=sources)


def analysed(files: Files) -> Program:
    """The analysed program of these files."""
    return program.analyse(project(files), Settings())


def workflow_versions(files: Files) -> dict[str, str]:
    """The version of every workflow in these files, by name."""
    computed = versions.compute(analysed(files))
    return {name: each.version for name, each in computed.workflows.items()}


def changed(old: Files, new: Files) -> set[str]:
    """The names of the workflows whose version differs, or that only one of the programs has."""
    before, after = workflow_versions(old), workflow_versions(new)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
