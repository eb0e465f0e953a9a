"""How fast the checker reads code: lines per CPU second over the standard library's own source.

Run `python tests/benchmarks/check_speed.py [FOLDER]`. It prints one line per phase; figures are CPU
seconds of this process, so that a busy machine does not spoil them. With `--roots` every function
is also taken for a workflow, which shows what the interpreter itself costs.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

from dbos_build import knowledge, program, rules
from dbos_build.config import Settings
from dbos_build.interpreter.engine import Engine
from dbos_build.module import parse
from dbos_build.sources import Project, Source
from dbos_build.symbols import Symbols, all_functions

_SKIPPED = {"site-packages", "test", "tests", "idle_test", "__pycache__", "lib2to3"}


def library(folder: Path) -> Project:
    """The Python files below a folder, tests and installed packages left out."""
    sources = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if _SKIPPED.isdisjoint(parts):
            text = path.read_text("utf-8", errors="replace")
            name = ".".join(parts)[:-3].removesuffix(".__init__")
            is_package = path.name == "__init__.py"
            sources.append(Source(name, "/".join(parts), text, is_package=is_package))
    return Project(folder, tuple(sources))


def main() -> None:
    """Measure and print."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    folder = Path(arguments[0]) if arguments else Path(os.__file__).parent
    project = library(folder)
    lines = sum(source.text.count("\n") for source in project.sources if source.text)
    gc.disable()
    knowledge.load()
    start = time.process_time()
    analysed = program.analyse(project, Settings())
    found = rules.check(analysed)
    spent = time.process_time() - start
    print(f"{len(project.sources)} files, {lines} lines, {len(found)} findings")
    print(f"check: {spent:.2f} s CPU, {lines / spent:,.0f} lines per CPU second")
    if "--roots" in sys.argv:
        _every_function(project, lines)


def _every_function(project: Project, lines: int) -> None:
    """Interpret every function of a project as if it were a workflow."""
    start = time.process_time()
    engine = Engine(Symbols(parse(source) for source in project.sources), knowledge.load())
    count = 0
    for path in sorted(engine.symbols.scopes):
        for function in all_functions(engine.symbols.scopes[path]):
            engine.root(function)
            count += 1
    engine.settle()
    spent = time.process_time() - start
    print(f"every function: {count} functions, {spent:.2f} s CPU, {lines / spent:,.0f} lines/s")


if __name__ == "__main__":
    main()
