"""Processes around a built application: executors with its code, and callers without it.

In: a folder with a package and its registry, and a database URL. Out: `executing`, a block with an
executor that has imported nothing but the registry; `call`, what a program prints in a process in
which the modules with workflows cannot be imported. It ends only the processes that it started.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

RUNTIME = Path(__file__).resolve().parents[2] / "runtime"
EXECUTOR = """
import sys
from dbos import DBOS
from {package}.dbos_registry import registry
{before}
DBOS(config={{"name": "store", "system_database_url": sys.argv[1]}}, registry=registry)
DBOS.launch()
print("launched", flush=True)
sys.stdin.read()
DBOS.destroy()
"""
HIDE = """
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in sys.argv[2].split(","):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Hidden())
URL = sys.argv[1]
"""


def environment(folder: Path) -> dict[str, str]:
    """The environment without settings of this machine, with the folder's packages."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DBOS")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(folder), str(RUNTIME)])}


@contextlib.contextmanager
def executing(folder: Path, package: str, url: str, before: str = "") -> Iterator[None]:
    """A launched executor, for the time of the block; `before` is code to run before launch."""
    process = subprocess.Popen(
        [sys.executable, "-c", EXECUTOR.format(package=package, before=before), url],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line == "launched\n", process.communicate(timeout=30)
        yield
    finally:
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def call(folder: Path, url: str, program: str, *, hidden: Sequence[str]) -> list[str]:
    """The lines that a program prints; `URL` is the database, `hidden` cannot be imported."""
    done = subprocess.run(
        [sys.executable, "-c", HIDE + program, url, ",".join(hidden)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()
