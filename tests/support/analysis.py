"""Analysing texts in tests: from `{path: text}` to findings, and the marks that say what to expect.

A line that ends in `# flags: DBS001, DBS104` expects exactly these codes on that line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.findings import Finding
from dbos_build.reading.sources import Project, Source
from dbos_build.settings.config import Settings

_MARK = re.compile(r"#\s*flags:\s*(?P<codes>DBS\d+(?:[\s,]+DBS\d+)*)")


def project(files: Mapping[str, str]) -> Project:
    """A project of these texts; a file is named by its path, packages by `__init__.py`."""
    packages = {path.rpartition("/")[0] for path in files if path.endswith("__init__.py")}
    sources = []
    for path, text in sorted(files.items()):
        parts = path.removesuffix(".py").split("/")
        start = len(parts) - 1
        while start and "/".join(parts[:start]) in packages:
            start -= 1
        name = ".".join(parts[start:]).removesuffix(".__init__")
        sources.append(Source(name, path, text, is_package=path.endswith("__init__.py")))
    return Project(Path(), tuple(sources))


def analyse(files: Mapping[str, str] | str, *more: str) -> program.Program:
    """The analysed program of some texts; one text is `main.py`. `more` names further rules."""
    named = {"main.py": files} if isinstance(files, str) else files
    return program.analyse(project(named), Settings(select=more))


def findings(files: Mapping[str, str] | str, *more: str) -> list[Finding]:
    """All findings in some texts; `more` names rules that only run when they are named."""
    return rules.check(analyse(files, *more))


def flagged(files: Mapping[str, str] | str, *more: str) -> list[tuple[str, int, str]]:
    """(path, line, code) of all findings, sorted; `more` as for `findings`."""
    return sorted((each.path, each.line, each.code) for each in findings(files, *more))


def marked(files: Mapping[str, str] | str) -> list[tuple[str, int, str]]:
    """(path, line, code) of all marks in some texts, sorted."""
    named = {"main.py": files} if isinstance(files, str) else files
    found: list[tuple[str, int, str]] = []
    for path, text in named.items():
        for number, line in enumerate(text.splitlines(), start=1):
            mark = _MARK.search(line)
            if mark is not None:
                found.extend((path, number, code) for code in re.split(r"[\s,]+", mark["codes"]))
    return sorted(found)
