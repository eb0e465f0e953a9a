"""How fast `dbos-build check` is, beside other checkers, on 300,000 lines.

Run `python tests/benchmarks/check_speed.py [FOLDER]`. It copies the Python files of a folder (the
standard library, without tests), adds the example shop and a few hundred lines of workflows, and
checks the copy as a command: cold, with nothing changed, and with one file changed, a helper that
workflows call. Then it asks a `Checker` in this process what an editor asks on every keystroke.
Figures are CPU seconds, so that a busy machine does not spoil them, and the largest memory of the
process. flake8, ruff, mypy and pylint run on the same copy when they are installed; with `--alone`
they do not.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from dbos_build import sources
from dbos_build.checking import Checker
from dbos_build.config import Settings

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
    child = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
    given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    origin = Path(given[0]) if given else Path(os.__file__).parent
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lines = populate(folder, origin)
        print(f"{lines:,} lines")
        report("dbos-build, cold", _cold(folder), lines)
        report("dbos-build, nothing changed", best([check(folder) for _ in range(SAMPLES)]), 0)
        report("dbos-build, one helper changed", _changed(folder), 0)
        print(f"editor, {BUFFER_LINES:,} lines: {_keystroke(folder) * 1000:.0f} ms CPU a keystroke")
        if "--alone" not in sys.argv:
            for name, command in _OTHERS.items():
                if importlib.util.find_spec(name):
                    spent = cost(sys.executable, "-m", *command, "library", folder=folder)
                    report(name, spent, lines)


def _cold(folder: Path) -> Cost:
    """Without what earlier runs left."""
    attempts = []
    for _ in range(SAMPLES):
        shutil.rmtree(folder / ".dbos-build", ignore_errors=True)
        attempts.append(check(folder))
    return best(attempts)


def _changed(folder: Path) -> Cost:
    """After a change to a module that workflows of the shop use."""
    attempts = []
    for number in range(SAMPLES):
        with (folder / "shop" / "catalog.py").open("a", encoding="utf-8") as stream:
            stream.write(f"\nEDITED_{number} = {number}\n")
        attempts.append(check(folder))
    return best(attempts)


def _keystroke(folder: Path) -> float:
    """CPU seconds for another text of a large file of workflows in a program that is known."""
    text = workflows(BUFFER_LINES)
    (folder / "orders.py").write_text(text, encoding="utf-8")
    settings = Settings(root=folder)
    checker = Checker(settings)
    checker.check(sources.read([folder], settings))
    gc.collect()
    gc.freeze()
    spent = []
    for number in range(SAMPLES):
        start = time.process_time()
        checker.recheck({"orders.py": text.replace("total = 0", f"total = {number}", 1)})
        spent.append(time.process_time() - start)
    return min(spent)


if __name__ == "__main__":
    main()
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
