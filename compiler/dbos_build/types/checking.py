"""Asking mypy: one subprocess, our configuration, no plugin but ours.

In: a project's modules and those among them that matter. Out: a `Resolved` table, or `NotResolved`
with the one line that says why there is none. Never: reads the project's mypy configuration, puts a
project folder on the import path of a process that runs, or fails the analysis.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from dbos_build.error import BuildError
from dbos_build.reading.module import Module
from dbos_build.settings.config import Settings
from dbos_build.types import workspace
from dbos_build.types.resolved import FACTS_FORMAT, Facts, Resolved, facts_file, read_facts

TIMEOUT_SECONDS = 900

PARENT_VARIABLE = "DBOS_BUILD_TYPES_PARENT"
"""Who waits for mypy; our plugin ends it soon after that process has ended."""

# What mypy would read from the environment to change what it does or where it writes.
_DROPPED_VARIABLES = frozenset({"MYPY_CACHE_DIR", "MYPY_NUM_WORKERS"})

_CONFIGURATION = """\
[mypy]
plugins = {plugin}
cache_dir = cache
explicit_package_bases = True
namespace_packages = True
follow_imports = normal
ignore_missing_imports = True
check_untyped_defs = True
native_parser = {native}
error_summary = False
"""

_SKIPPED = """
[mypy-{name}]
follow_imports = skip
"""


class NotResolved(BuildError):
    """mypy could not be asked; the text is one line that says why and what to do."""


def resolve(
    root: Path, modules: Sequence[Module], wanted: Iterable[str], settings: Settings
) -> Resolved:
    """What mypy knows of the modules at the paths `wanted`, and of those they import.

    Paths are relative to `root`. Raises NotResolved when mypy is missing, of a release that was
    never tried, or fails.
    """
    readable = [module for module in modules if _is_readable(module)]
    bases = sorted({_base(module) for module in readable}, reverse=True)
    asked = _distinct([module for module in readable if module.path in set(wanted)], bases)
    if not asked:
        return Resolved({})
    try:
        with workspace.opened(settings.root) as folder:
            _request(folder, root, modules)
            _run(folder, root, asked, bases)
            facts = _facts(folder, root, readable)
            if not facts.keys() >= set(asked):  # Somebody touched what earlier runs had left.
                workspace.discard(folder)
                _run(folder, root, asked, bases)
                facts = _facts(folder, root, readable)
            return Resolved(facts)
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise NotResolved(f"types were not used: mypy could not be run: {reason}") from failure


def _is_readable(module: Module) -> bool:
    """Whether mypy can be given a file: it parses, and its path is that of a module."""
    parts = module.name.split(".")
    inside = "/".join(parts) + ("/__init__.py" if module.is_package else ".py")
    is_placed = module.path == inside or module.path.endswith("/" + inside)
    return module.problem is None and is_placed and all(part.isidentifier() for part in parts)


def _base(module: Module) -> str:
    """The folder that a readable module's name counts from, "" for the root."""
    depth = module.name.count(".") + 1 + module.is_package
    return "/".join(module.path.split("/")[:-depth])


def _distinct(modules: Sequence[Module], bases: Sequence[str]) -> list[str]:
    """The paths that mypy will tell apart: it names a file by the nearest folder of `bases`, takes
    each name once, and none of the standard library's."""
    found: dict[str, str] = {}
    for module in sorted(modules, key=lambda module: module.path):
        folder = module.path.rpartition("/")[0]
        near = max((base for base in bases if _holds(base, folder)), key=len, default="")
        name = module.path[len(near) + 1 if near else 0 :].removesuffix("/__init__.py")
        if name.removesuffix(".py") not in sys.stdlib_module_names:
            found.setdefault(name.removesuffix(".py"), module.path)
    return sorted(found.values())


def _holds(base: str, folder: str) -> bool:
    return not base or folder == base or folder.startswith(base + "/")


def _request(folder: Path, root: Path, modules: Sequence[Module]) -> None:
    """Write mypy's configuration, and for our plugin the files to take notes of."""
    plugin = os.path.join(os.path.dirname(os.path.abspath(__file__)), "plugin.py")
    # mypy's own parser is quicker, but miscounts columns behind characters that are no ASCII.
    native = all(is_counted_alike(module) for module in modules)
    text = _CONFIGURATION.format(plugin=plugin, native=native)
    # mypy gives up on the first file it cannot parse; such files are findings of ours already.
    broken = sorted({module.name for module in modules if module.problem is not None})
    text += "".join(_SKIPPED.format(name=name) for name in broken if _is_dotted(name))
    workspace.replace(folder / "mypy.ini", text)
    request = {"paths": sorted(str(root / module.path) for module in modules)}
    workspace.replace(folder / "request.json", json.dumps(request))


def is_counted_alike(module: Module) -> bool:
    """Whether no expression of a file stands behind, or spans, a character beyond ASCII.

    Texts alone do not count: nothing is asked about them.
    """
    if module.tree is None or module.text.isascii():
        return True
    wide = {
        number: next(place for place, char in enumerate(line) if ord(char) > 127)
        for number, line in enumerate(module.text.split("\n"), start=1)
        if not line.isascii()
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            ends = node.end_lineno or node.lineno
            if (node.end_col_offset or 0) > wide.get(ends, sys.maxsize):
                return False
            if node.col_offset > wide.get(node.lineno, sys.maxsize):
                return False
    return True


def _run(folder: Path, root: Path, asked: Sequence[str], bases: Sequence[str]) -> None:
    """Run mypy over files; its findings are of no interest, only what our plugin wrote."""
    workspace.replace(folder / "files.txt", "".join(f"{root / path}\n" for path in asked))
    command = (
        *(sys.executable, "-P", "-E", "-m", "mypy", "--fast-exit"),
        *("--config-file", "mypy.ini", "@files.txt"),
    )
    try:
        finished = subprocess.run(
            command,
            cwd=folder,
            env=_environment([str(root / base) for base in bases]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as failure:
        reason = f"mypy took more than {TIMEOUT_SECONDS // 60} minutes"
        raise NotResolved(f"types were not used: {reason}") from failure
    output = finished.stdout.decode("utf-8", "replace")
    outcome = _document(folder / "outcome.json")
    if outcome.get("unsupported"):
        raise NotResolved(
            f"types were not used: mypy {outcome['unsupported']} was never tried with this"
            " release; install 'mypy>=1.18,<3'"
        )
    if "No module named mypy" in output:
        raise NotResolved("types were not used: mypy is not installed here; pip install mypy")
    if finished.returncode not in (0, 1) or outcome.get("format") != FACTS_FORMAT:
        raise NotResolved(f"types were not used: mypy failed: {_told(output)}")


def _environment(bases: Sequence[str]) -> dict[str, str]:
    """The environment for mypy: who waits, and where modules are found after the user's MYPYPATH.

    MYPYPATH rather than the configuration, in which commas, colons and dollars mean something.
    """
    kept = {name: text for name, text in os.environ.items() if name not in _DROPPED_VARIABLES}
    given = (os.path.abspath(each) for each in kept.get("MYPYPATH", "").split(os.pathsep) if each)
    kept["MYPYPATH"] = os.pathsep.join((*given, *bases))
    kept[PARENT_VARIABLE] = str(os.getpid())
    return kept


def _facts(folder: Path, root: Path, modules: Sequence[Module]) -> dict[str, Facts]:
    """The facts of the modules that matter and that mypy has seen, now or in an earlier run."""
    found: dict[str, Facts] = {}
    for module in modules:
        if module.tree is None:  # Nothing durable depends on it.
            continue
        path = str(root / module.path)
        facts = read_facts(_document(folder / "facts" / facts_file(path)), path)
        if facts is not None:
            found[module.path] = facts
    return found


def _document(file: Path) -> dict[str, object]:
    """A JSON object; empty when there is none that can be read."""
    try:
        loaded = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _told(output: str) -> str:
    """What mypy said, shortened to a line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line.lower()]
    told = (errors or lines or ["it said nothing"])[0]
    return told if len(told) <= 200 else told[:199] + "…"
