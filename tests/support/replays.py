"""What tests of replays share: a program that records in this process, and the replaying child.

In: the file of a program. Out: its module, loaded under a name that a child finds elsewhere; and
tasks for ``python -m dbos.replay``. The old program is forgotten when the test ends.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

PROGRAMS = Path(__file__).resolve().parent.parent / "runtime" / "replay" / "programs"


@contextlib.contextmanager
def loaded(file: Path, name: str | None = None) -> Iterator[ModuleType]:
    """The module in a file, under its stem or another name, while the block runs."""
    name = name or file.stem
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]


def program(folder: str | Path, *modules: str) -> dict[str, Any]:
    """The program of a task: modules in a folder, below the test programs or anywhere."""
    return {"roots": [str(PROGRAMS / folder)], "modules": list(modules)}
