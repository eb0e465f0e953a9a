"""The first program of a new project: a package with a workflow, its test and its README.

In: an empty folder and a name. Out: the files to make. Never: a file in place of one that exists.
"""

from __future__ import annotations

import keyword
import re
import sys

from dbos_build.error import ConfigError
from dbos_build.founding.services import Change
from dbos_build.founding.situation import PROJECT, Situation
from dbos_templates import render

_TAKEN = frozenset({"dbos", "dbos_build", "dbos_lint", "dbos_templates", "test", "tests", "site"})
_NAME = re.compile(r"[a-z][a-z0-9_-]{2,62}")


def program(here: Situation, name: str) -> tuple[Change, ...]:
    """The files of a first program; those that exist are left as they are.

    Raises ConfigError for a name that an application or a package cannot have.
    """
    declared = here.table("project").get("name")
    given = name or (declared if isinstance(declared, str) else "") or here.root.name
    called, package = _names(given, is_asked=bool(name))
    values = {"name": called, "package": package}
    files = {
        PROJECT: "pyproject.toml.j2",
        "README.md": "README.md.j2",
        ".gitignore": "gitignore.j2",
        f"{package}/__init__.py": "package.py.j2",
        f"{package}/__main__.py": "main.py.j2",
        f"{package}/workflows.py": "workflows.py.j2",
        "tests/test_workflows.py": "test_workflows.py.j2",
    }
    return tuple(
        Change(here.root / path, None, render(f"project/{template}", **values), _WHAT[template])
        for path, template in files.items()
        if not (here.root / path).exists()
    )


_WHAT = {
    "pyproject.toml.j2": "the project, with the settings of dbos-build, ruff, mypy and pytest",
    "README.md.j2": "how to run it",
    "gitignore.j2": "what git leaves out",
    "package.py.j2": "the package",
    "main.py.j2": "the program",
    "workflows.py.j2": "a first workflow with two steps",
    "test_workflows.py.j2": "its test, which replays it after every operation",
}


def _names(given: str, *, is_asked: bool) -> tuple[str, str]:
    """The names of the application and of its package."""
    called = re.sub(r"[\s._]+", "-", given.strip()).lower()
    package = called.replace("-", "_")
    if not _NAME.fullmatch(called) or called.endswith(("-", "_")):
        why = "use 3 to 63 letters, digits and hyphens, a letter first"
    elif keyword.iskeyword(package) or package in sys.stdlib_module_names or package in _TAKEN:
        why = f"the package {package} would hide another"
    else:
        return called, package
    hint = "" if is_asked else "; give another with --name"
    raise ConfigError(f"{given!r} cannot be the name of the project: {why}{hint}")
