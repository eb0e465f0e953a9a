"""Every edit that is known to fool a version made from source text, by name.

Such a version changes with comments and formatting, so that a deployment strands every workflow in
flight, and stays the same with helpers, constants and step names, so that workflows are resumed
into wrong results. Here each edit changes exactly the workflows whose replay it can change.
"""

from __future__ import annotations

import pytest

import dbos_build
from support.programs import workflow_versions

PROGRAM = {
    "app/__init__.py": "",
    "app/main.py": '''\
"""The workflows."""
import random

from dbos import DBOS
from app import rates as pricing
from app.helpers import choose, prepare

ROUNDS = 10


class Options:
    limit = 3


@DBOS.step(name="fetched", retries_allowed=False)
def fetch(amount=1):
    return random.random() + amount


@DBOS.step()
def store(value):
    return value


@DBOS.step()
def unused(value):
    return value


def doubled(value):
    return value * 2


# Decorators may have comments.
@DBOS.workflow()
def collect(order):
    """Collect everything."""
    total = 0
    for number in range(ROUNDS):
        # One after the other.
        value = fetch(number)
        total += doubled(value) + 10
    if prepare(total) > Options.limit:
        store(choose("first")(total))
    return pricing.rate(total)


@DBOS.workflow()
def lonely(order):
    return store(order)
''',
    "app/helpers.py": """\
from app.steps import audit


def prepare(value):
    return value + 1


def first(value):
    return value


def second(value):
    return -value


def choose(kind):
    return {"first": first, "second": second}[kind]
""",
    "app/steps.py": """\
from dbos import DBOS


@DBOS.step()
def audit(value):
    return value
""",
    "app/rates.py": "def rate(value):\n    return value * 1\n",
    "app/other_rates.py": "def rate(value):\n    return value * 3\n",
}
MAIN = "app/main.py"
HELPERS = "app/helpers.py"

# Edit → file, old text, new text.
UNCHANGED = {
    "a comment": (MAIN, "# One after the other.", "# Each."),
    "a comment elsewhere": (HELPERS, "def second", "# Backwards.\ndef second"),
    "a docstring edited": (MAIN, "Collect everything.", "Collect all."),
    "a docstring removed": (MAIN, '    """Collect everything."""\n', ""),
    "a blank line": (MAIN, "    total = 0\n", "    total = 0\n\n"),
    "spacing": (MAIN, "doubled(value) + 10", "doubled( value )+10"),
    "an annotation in a workflow": (MAIN, "total = 0", "total: int = 0"),
    "an annotation of a parameter": (MAIN, "def lonely(order)", "def lonely(order: int) -> int"),
    "a line wrapped": (MAIN, "doubled(value) + 10", "doubled(\n            value\n        ) + 10"),
    "parentheses": (MAIN, "return store(order)", "return (store((order)))"),
    "a local renamed": (
        MAIN,
        "value = fetch(number)\n        total += doubled(value)",
        "v = fetch(number)\n        total += doubled(v)",
    ),
    "a comment at a decorator": (MAIN, "# Decorators may have comments.\n", ""),
    "a number spelled otherwise": (MAIN, "+ 10", "+ 0xA"),
    "the body of a step": (MAIN, "random.random() + amount", "amount - 1"),
    "the default of a step": (MAIN, "def fetch(amount=1)", "def fetch(amount=2)"),
    "the retries of a step": (MAIN, "retries_allowed=False", "max_attempts=9"),
    "another step of the same name": (
        MAIN,
        "def fetch(amount=1):\n    return random.random() + amount",
        "def fetch(amount=1):\n    number = random.randint(1, 6)\n    return number * amount",
    ),
    "recovery attempts": (
        MAIN,
        "@DBOS.workflow()\ndef lonely",
        "@DBOS.workflow(max_recovery_attempts=7)\ndef lonely",
    ),
    "a workflow indented under an if": (
        MAIN,
        "@DBOS.workflow()\ndef lonely(order):\n    return store(order)\n",
        "if True:\n    @DBOS.workflow()\n    def lonely(order):\n        return store(order)\n",
    ),
    "a new step that nothing uses": (
        MAIN,
        "def doubled",
        "@DBOS.step()\ndef more(value):\n    return value\n\n\ndef doubled",
    ),
    "a step that nothing uses made asynchronous": (MAIN, "def unused", "async def unused"),
    "a new workflow": (
        MAIN,
        "def doubled",
        "@DBOS.workflow()\ndef third():\n    return 1\n\n\ndef doubled",
    ),
}

# Edit → file, old text, new text, the workflows that change.
CHANGED = {
    "a constant that decides a loop": (MAIN, "ROUNDS = 10", "ROUNDS = 11", {"collect"}),
    "a helper in the same module": (MAIN, "value * 2", "value * 3", {"collect"}),
    "a helper in another module": (HELPERS, "value + 1", "value + 2", {"collect"}),
    "a helper that begins to call a step": (
        HELPERS,
        "return value + 1",
        "return audit(value) + 1",
        {"collect"},
    ),
    "a helper that becomes random and calls a step": (
        HELPERS,
        "def prepare(value):\n    return value + 1",
        "def prepare(value):\n    import random\n    return audit(value) + random.random()",
        {"collect"},
    ),
    "a dispatch helper flipped": (
        HELPERS,
        '"first": first, "second": second',
        '"first": second, "second": first',
        {"collect"},
    ),
    "a class attribute": (MAIN, "limit = 3", "limit = 4", {"collect"}),
    "an import aliased to another module": (
        MAIN,
        "import rates as pricing",
        "import other_rates as pricing",
        {"collect"},
    ),
    "a step given another name": (MAIN, 'name="fetched"', 'name="gotten"', {"collect"}),
    "a step that is used made asynchronous": (
        MAIN,
        "def store",
        "async def store",
        {"collect", "lonely"},
    ),
    "one workflow of many": (MAIN, "return store(order)", "return store(-order)", {"lonely"}),
}


def edited(path: str, old: str, new: str) -> dict[str, str]:
    """The program after one edit."""
    assert PROGRAM[path].count(old) == 1, old
    return PROGRAM | {path: PROGRAM[path].replace(old, new)}


@pytest.mark.parametrize("edit", UNCHANGED)
def test_what_cannot_change_a_replay_changes_no_version(edit: str) -> None:
    before = workflow_versions(PROGRAM)
    after = workflow_versions(edited(*UNCHANGED[edit]))
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("edit", CHANGED)
def test_what_can_change_a_replay_changes_exactly_the_workflows_concerned(edit: str) -> None:
    path, old, new, concerned = CHANGED[edit]
    before, after = workflow_versions(PROGRAM), workflow_versions(edited(path, old, new))
    assert {name for name in before if after[name] != before[name]} == concerned


def test_a_release_of_ours_changes_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = workflow_versions(PROGRAM)
    monkeypatch.setattr(dbos_build, "__version__", "99.0")
    assert workflow_versions(PROGRAM) == before
