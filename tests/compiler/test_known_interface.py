"""The checker knows every public name of the runtime, what it is, and what it takes.

A name that somebody adds to `dbos` fails here until `python tests/support/interface.py` has been
run and a word has been chosen for it: nothing public is unknown to the analysis.
"""

from __future__ import annotations

import pytest

from dbos_build.analysis.program import analyse
from dbos_build.flow.operations import operation
from dbos_build.interpreter.durable import DECORATORS
from dbos_build.names import interface
from dbos_build.settings.config import Settings
from support.analysis import project
from support.interface import TABLE, surface, updated

UPDATE = "run `python tests/support/interface.py` and decide on what is new"
KNOWN = interface.interface()
RECORDED = {"start", "workflow", "durable", "part", "recorded"}


def test_every_public_name_is_in_the_table() -> None:
    missing = sorted(set(surface()) - set(KNOWN))
    assert missing == [], UPDATE


def test_the_table_names_nothing_else() -> None:
    gone = sorted(set(KNOWN) - set(surface()))
    assert gone == [], UPDATE


def test_the_parameters_are_those_of_the_runtime() -> None:
    text = TABLE.read_text("utf-8")
    assert updated(text) == text, UPDATE


def test_every_name_has_a_role() -> None:
    undecided = sorted(name for name, each in KNOWN.items() if each.role not in interface.ROLES)
    assert undecided == [], UPDATE


@pytest.mark.parametrize("name", sorted(name for name in KNOWN if name.startswith("DBOS.")))
def test_flows_know_what_an_operation_of_the_class_leaves(name: str) -> None:
    found = operation(f"dbos.{name}")
    role = KNOWN[name].role
    if role in RECORDED:
        assert (found.kind if found is not None else "opaque") != "opaque", "operations.py lacks it"
    elif role == "plain":
        assert found is None, "operations.py takes it for recorded"


@pytest.mark.parametrize("name", sorted(name for name in KNOWN if name.endswith("_async")))
def test_a_form_to_be_awaited_has_the_role_of_its_twin(name: str) -> None:
    twin = KNOWN.get(name.removesuffix("_async"))
    assert twin is None or twin.role == KNOWN[name].role


def test_every_decorator_is_evaluated() -> None:
    declared = {
        name.removeprefix("DBOS.")
        for name, each in KNOWN.items()
        if each.role == "decorator" and name.startswith("DBOS.")
    }
    assert declared <= set(DECORATORS)


PROGRAM = """
import dbos


def child(value: str) -> str:
    return value


@dbos.DBOS.workflow()
def workflow(value: str) -> None:
    dbos.{name}({given})
"""
CALLED = sorted(
    name
    for name, each in KNOWN.items()
    if each.role == "preset" or (name.startswith("DBOS.") and each.role in RECORDED | {"plain"})
)


def needed(entry: interface.Entry) -> str:
    """Just the arguments that an operation needs."""
    given = [
        f"{each.name}=value" if each.by_keyword else "child" if each.name == "func" else "value"
        for each in entry.parameters
        if each.is_required
    ]
    return ", ".join(given)


@pytest.mark.parametrize("name", CALLED)
def test_no_call_of_it_is_unknown(name: str) -> None:
    source = PROGRAM.format(name=name, given=needed(KNOWN[name]))
    program = analyse(project({"app.py": source}), Settings())
    assert program.unresolved() == frozenset()
