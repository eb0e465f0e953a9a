"""How fast `dbos-build check` is, beside other checkers, on 300,000 lines and on an application.

Run `python tests/benchmarks/check_speed.py [FOLDER] [--alone] [--install]`. It copies the Python
files of a folder (the standard library, without tests), adds the example shop and a few hundred
lines of workflows, and checks the copy as a command: cold, with nothing changed, and with one file
changed, a helper that workflows call. The same with an application of 50,000 lines in which every
file matters. Then it asks a `Checker` in this process what an editor asks on every keystroke.

flake8, ruff, mypy and pylint run on the same copy, unless `--alone` is given; those that are not
installed here are named, and with `--install` installed into an environment that is thrown away.
Figures are CPU seconds, so that a busy machine does not spoil them, and the largest memory of the
process.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass, replace
from pathlib import Path

from dbos_build.checking import Checker
from dbos_build.reading import sources
from dbos_build.reading.sources import Project
from dbos_build.settings.config import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import large_application

ROOT = Path(__file__).resolve().parents[2]
BUFFER_LINES = 2_000
SAMPLES = 5
_SKIPPED = {"site-packages", "test", "tests", "idle_test", "__pycache__", "lib2to3"}
_WORKFLOW = '''

@DBOS.step()
def fetch_{n}(item: str) -> str:
    return item.upper()


def price_{n}(items: list[str]) -> int:
    """What the items cost together."""
    total = 0
    for position, item in enumerate(sorted(items)):
        if item.startswith("x") and position % 2:
            total += len(item) * {n}
        else:
            total -= position
    return total


@DBOS.workflow()
def order_{n}(items: list[str]) -> int:
    names = [fetch_{n}(item) for item in items]
    total = price_{n}(names)
    DBOS.set_event("total", total)
    return total
'''
_COMPILED = tempfile.TemporaryDirectory(prefix="compiled-")
_OTHERS = {
    "flake8": ("flake8", "--exit-zero", "-q", "-j1"),
    "ruff": ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", "-q"),
    "mypy": ("mypy", "--no-error-summary", "--no-incremental", "--explicit-package-bases"),
    "pylint": ("pylint", "--exit-zero", "-j1", "--score=n"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: CPU seconds and peak memory in megabytes."""

    cpu_seconds: float
    memory_mb: float


def populate(folder: Path, origin: Path) -> int:
    """Fill a folder with the code of another and with workflows; return the number of lines."""
    for path in sorted(origin.rglob("*.py")):
        parts = path.relative_to(origin).parts
        if _SKIPPED.isdisjoint(parts):
            target = folder.joinpath("library", *parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    shutil.copytree(ROOT / "examples" / "widget_store" / "shop", folder / "shop")
    (folder / "orders.py").write_text(workflows(300), encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))


def workflows(lines: int) -> str:
    """A module of workflows with about so many lines."""
    each = _WORKFLOW.count("\n")
    return "from dbos import DBOS\n" + "".join(
        _WORKFLOW.format(n=number) for number in range(1, lines // each + 1)
    )


def cost(*command: str, folder: Path) -> Cost:
    """Run a command in a folder; what it finds does not matter."""
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(command, cwd=folder, env=_compiled(), stdout=quiet, stderr=quiet)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _compiled() -> dict[str, str]:
    """An environment in which Python keeps what it compiled of the tools, as it does for users."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept["PYTHONPYCACHEPREFIX"] = _COMPILED.name
    return kept


def check(folder: Path) -> Cost:
    """Check a folder as a user does."""
    return cost(sys.executable, "-m", "dbos_build", "check", ".", folder=folder)


def report(name: str, spent: Cost, lines: int) -> None:
    """Print one line of the table."""
    speed = f"{lines / spent.cpu_seconds:>12,.0f} lines/s" if lines else " " * 20
    print(f"{name:<34} {spent.cpu_seconds:8.2f} s CPU {speed} {spent.memory_mb:6.0f} MB")


def best(attempts: list[Cost]) -> Cost:
    """The cheapest of several runs."""
    return min(attempts, key=lambda each: each.cpu_seconds)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Measure how fast a check is.")
    asked.add_argument("folder", nargs="?", type=Path, default=Path(os.__file__).parent)
    asked.add_argument("--alone", action="store_true", help="leave out the other checkers")
    asked.add_argument("--install", action="store_true", help="install the others for this run")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "tree"
        folder.mkdir()
        lines = populate(folder, given.folder)
        _measure_command("a library", folder, lines, folder / "shop" / "catalog.py")
        if not given.alone:
            python = _environment(Path(temporary)) if given.install else Path(sys.executable)
            _measure_others(folder, lines, python)
        large = Path(temporary) / "application"
        lines = _populate_application(large)
        _measure_command("an application", large, lines, large / "service_03" / "rules.py")
        print(
            f"an editor, {BUFFER_LINES:,} lines: {_keystroke_alone() * 1000:.0f} ms CPU a keystroke"
        )
        spent = _keystroke_in(large) * 1000
        print(f"an editor, in {lines:,} lines: {spent:.0f} ms CPU a keystroke")


def _measure_command(name: str, folder: Path, lines: int, helper: Path) -> None:
    """Check a folder as a user does: from nothing, again, and after a change to a helper."""
    print(f"{name}: {lines:,} lines")
    report("dbos-build, cold", _cold(folder), lines)
    report("dbos-build, nothing changed", best([check(folder) for _ in range(SAMPLES)]), 0)
    report("dbos-build, one helper changed", _changed(folder, helper), 0)


def _measure_others(folder: Path, lines: int, python: Path) -> None:
    """Run what other checkers there are; name those that are missing."""
    missing = []
    for name, command in _OTHERS.items():
        call = _call(name, python)
        if call is None:
            missing.append(name)
        else:
            report(name, cost(*call, *command[1:], "library", folder=folder), lines)
    if missing:
        print(f"not installed, so not measured: {', '.join(missing)} (--install does that)")


def _call(name: str, python: Path) -> tuple[str, ...] | None:
    """How to run another checker: from the environment of an interpreter, else from PATH."""
    if python != Path(sys.executable) or importlib.util.find_spec(name):
        return (str(python), "-m", name)
    found = shutil.which(name)
    return (found,) if found else None


def _environment(folder: Path) -> Path:
    """The interpreter of a new environment with the other checkers."""
    home = folder / "environment"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *_OTHERS], check=True)
    return python


def _populate_application(folder: Path) -> int:
    """Write the large application; the number of its lines."""
    texts = large_application.texts()
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    return sum(text.count("\n") for text in texts.values())


def _cold(folder: Path) -> Cost:
    """Without what earlier runs left."""
    attempts = []
    for _ in range(SAMPLES):
        shutil.rmtree(folder / ".dbos-build", ignore_errors=True)
        attempts.append(check(folder))
    return best(attempts)


def _changed(folder: Path, helper: Path) -> Cost:
    """After a change to a module that workflows use."""
    attempts = []
    for number in range(SAMPLES):
        with helper.open("a", encoding="utf-8") as stream:
            stream.write(f"\nEDITED_{number} = {number}\n")
        attempts.append(check(folder))
    return best(attempts)


def _keystroke_alone() -> float:
    """CPU seconds for another text of a large file of workflows that has no neighbours."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "orders.py").write_text(workflows(BUFFER_LINES), encoding="utf-8")
        return _keystroke(folder, "orders.py", "total = 0", "total = {}")


def _keystroke_in(folder: Path) -> float:
    """CPU seconds for another text of a file of workflows in the large application."""
    return _keystroke(folder, "service_03/flows.py", '"waiting"', '"waiting {}"')


def _keystroke(folder: Path, path: str, before: str, after: str) -> float:
    """CPU seconds for a file of a known program in which a part of the text becomes another."""
    settings = Settings(root=folder)
    checker = Checker(settings, remembers=True)
    project = sources.read([folder], settings)
    checker.check(project)
    text = (folder / path).read_text("utf-8")
    assert before in text
    gc.disable()
    spent = []
    for number in range(SAMPLES):
        gc.collect()  # As an editor does while nobody types.
        typed = text.replace(before, after.format(number + 1), 1)
        start = time.process_time()
        checker.check(
            Project(
                project.root,
                tuple(
                    replace(each, text=typed) if each.path == path else each
                    for each in project.sources
                ),
            ),
            may_renew=True,
        )
        spent.append(time.process_time() - start)
    gc.enable()
    return min(spent)


if __name__ == "__main__":
    main()
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
