"""Why a version is what it is: every element with the way to it, and what changed it."""

from __future__ import annotations

from dbos_build import versions
from dbos_build.building import manifest
from dbos_build.building.explanation import changes, explain
from dbos_build.building.manifest import Locked, lock_text, read_lock
from support.programs import Files, analysed

FILES = {
    "main.py": """\
from dbos import DBOS
from helpers import total

@DBOS.workflow()
def flow(values):
    pay(total(values))

@DBOS.workflow()
def dynamic(name):
    return eval(name)

@DBOS.step()
def pay(amount):
    pass
""",
    "helpers.py": """\
FACTOR = 2

def total(values):
    return scaled(sum(values))

def scaled(value):
    return value * FACTOR
""",
}


def locked(files: Files) -> dict[str, Locked]:
    """What the lock file of a program says, read back from its text."""
    return dict(read_lock(lock_text(manifest.make(analysed(files))), "dbos-build.lock"))


def reasons(old: Files, new: Files) -> dict[str, tuple[str, ...]]:
    """Per changed workflow, the reasons given."""
    return {change.name: change.reasons for change in changes(locked(old), locked(new))}


def with_helpers(old: str, new: str) -> Files:
    """The program after an edit of the helpers."""
    assert old in FILES["helpers.py"]
    return {**FILES, "helpers.py": FILES["helpers.py"].replace(old, new)}


def test_every_element_is_shown_with_what_led_to_it() -> None:
    found = versions.compute(analysed(FILES)).workflows["flow"]
    lines = [" ".join(line.split()) for line in explain(found)]
    assert lines == [
        f"{found.version} flow",
        "",
        "code that replays:",
        "function helpers.py:scaled from function helpers.py:total",
        "function helpers.py:total from workflow main.py:flow",
        "variable helpers.py:FACTOR from function helpers.py:scaled",
        "workflow main.py:flow",
        "",
        "durable operations, by identity only:",
        "step pay from workflow main.py:flow",
    ]


def test_modules_that_count_as_a_whole_are_named() -> None:
    lines = list(explain(versions.compute(analysed(FILES)).workflows["dynamic"]))
    assert "modules taken whole, because something in them is reached by text:" in lines
    assert any("module helpers.py" in line for line in lines)
    assert any("module main.py" in line for line in lines)


def test_the_element_that_changed_a_version_is_named() -> None:
    assert reasons(FILES, with_helpers("FACTOR = 2", "FACTOR = 3"))["flow"] == (
        "  changed: variable helpers.py:FACTOR",
    )
    assert reasons(FILES, with_helpers("scaled(sum(values))", "sum(values)"))["flow"] == (
        "  changed: function helpers.py:total",
        "  no longer reaches function helpers.py:scaled",
        "  no longer reaches variable helpers.py:FACTOR",
    )


def test_nothing_is_said_of_what_stays() -> None:
    assert reasons(FILES, with_helpers("FACTOR = 2", "FACTOR = 2  # two")) == {}


def test_new_and_lost_workflows_are_changes_without_reasons() -> None:
    more = {**FILES, "more.py": "from dbos import DBOS\n\n@DBOS.workflow()\ndef extra(): ...\n"}
    (change,) = changes(locked(FILES), locked(more))
    assert change.headline.startswith("workflow extra: is new (v1-")
    (change,) = changes(locked(more), locked(FILES))
    assert change.headline.startswith("workflow extra: is gone (was v1-")


def test_elements_that_only_refer_differently_are_a_reason_too() -> None:
    old = {
        "main.py": """\
from dbos import DBOS
from one import same as first
from two import same as second

@DBOS.workflow()
def flow():
    return first(), second()
""",
        "one.py": "def same():\n    return helper()\n\ndef helper():\n    return 1\n",
        "two.py": "def same():\n    return helper()\n\ndef helper():\n    return 2\n",
    }
    new = {**old, "main.py": old["main.py"].replace("first(), second()", "second(), first()")}
    assert reasons(old, new) == {"flow": ("  what its elements refer to has changed",)}
