"""The version of a program without a registry: what changes it, and what must not."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbos import DBOS
from dbos.config import settings
from dbos.launch import application_version
from dbos.registry import Registry, live
from dbos.version import source_version

PROGRAM = '''
import enum
import functools
from dataclasses import dataclass
from dbos import DBOS, DBOSConfiguredInstance

FACTOR = 2

class Level(enum.Enum):
    LOW = 1
    HIGH = 10

class Limits:
    """What is allowed."""
    most = 3
    unused = 1

    @staticmethod
    def check(number):
        return Limits.bound(number)

    @classmethod
    def bound(cls, number):
        return number < 100

    def elsewhere(self):
        return "never called"

class Strict(Limits):
    @property
    def least(self):
        return 1

    @functools.cached_property
    def middle(self):
        return 2

strict = Strict()

@dataclass
class Order:
    size: int = 1

    def total(self):
        return self.size * FACTOR

@DBOS.step()
def step(number):
    return number

def helper(number):
    return number + Limits.most

class Shop(DBOSConfiguredInstance):
    @DBOS.workflow()
    def buy(self, number):
        return self.priced(number)

    def priced(self, number):
        return number * 7

    @DBOS.step()
    def pay(self):
        return "paid"

@DBOS.workflow()
def workflow(number):
    if Level.LOW and Limits.check(number):
        return helper(step(number)) + strict.least + strict.middle + Order(number).total()
    return 0
'''
CHANGES = {
    "the body of the workflow": ("return 0", "return 1"),
    "a helper": ("number + Limits.most", "number - Limits.most"),
    "a constant of the module": ("FACTOR = 2", "FACTOR = 3"),
    "a constant of a class": ("most = 3", "most = 4"),
    "a static method": ("return Limits.bound(number)", "return not Limits.bound(number)"),
    "a class method that only a method calls": ("number < 100", "number < 200"),
    "a property of an instance": ("return 1\n", "return 11\n"),
    "a cached property": ("return 2\n", "return 22\n"),
    "a method of a dataclass": ("self.size * FACTOR", "self.size + FACTOR"),
    "a member of an enumeration": ("LOW = 1", "LOW = 2"),
    "what an instance method calls on itself": ("number * 7", "number * 8"),
}
SAME = {
    "a comment": ("FACTOR = 2", "FACTOR = 2  # twice"),
    "a docstring": ("What is allowed.", "What is not."),
    "the body of a step": (
        "def step(number):\n    return number",
        "def step(number):\n    return 5",
    ),
    "the body of a step in a class": ('return "paid"', 'return "unpaid"'),
    "a method that nothing calls": ("never called", "not called"),
    "a constant that nothing names": ("unused = 1", "unused = 2"),
    "a member that nothing names": ("HIGH = 10", "HIGH = 11"),
    "a blank line": ("class Strict", "\n\nclass Strict"),
}


@pytest.fixture(autouse=True)
def empty_registry() -> Iterator[None]:
    """Nothing is declared before a test and after it."""
    DBOS.destroy(destroy_registry=True)
    yield
    DBOS.destroy(destroy_registry=True)


def version_of(text: str, folder: Path) -> str:
    """The version of a program that is loaded as a module of its own."""
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("versioned_program", path)
    assert spec is not None
    assert spec.loader is not None
    module: types.ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["versioned_program"] = module
    live.clear()
    try:
        spec.loader.exec_module(module)
        return source_version(live.workflows.values())
    finally:
        del sys.modules["versioned_program"]


def edited(edit: tuple[str, str], tmp_path: Path) -> tuple[str, str]:
    """The versions before and after an edit; each in a folder, as sources are cached by path."""
    assert edit[0] in PROGRAM
    folders = [tmp_path / name for name in ("before", "after")]
    for folder in folders:
        folder.mkdir()
    return version_of(PROGRAM, folders[0]), version_of(PROGRAM.replace(*edit), folders[1])


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_what_a_workflow_runs_changes_the_version(what: str, tmp_path: Path) -> None:
    before, after = edited(CHANGES[what], tmp_path)
    assert before != after


@pytest.mark.parametrize("what", sorted(SAME))
def test_what_a_workflow_does_not_run_leaves_the_version(what: str, tmp_path: Path) -> None:
    before, after = edited(SAME[what], tmp_path)
    assert before == after


def test_the_version_of_a_build_counts_more_than_patching() -> None:
    registry = Registry(format=1, application_version="built")
    pinned = settings({"name": "patched", "enable_patching": True}, {})
    assert application_version(pinned, registry) == "built"
    assert application_version(pinned, None) == "PATCHING_ENABLED"
