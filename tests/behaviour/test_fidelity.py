"""Fidelity: what code sees the first time is what replay, recovery and another process see."""

from __future__ import annotations

import collections
import datetime
import decimal
import math
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from behaviour.records import (
    Address,
    Colour,
    Keyword,
    Level,
    Order,
    Pair,
    Refused,
    Shortage,
)
from dbos import DBOS, SetWorkflowID
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]

VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**80,
    0.1,
    -0.0,
    math.inf,
    1e308,
    "",
    "ünïcödé 🚀",
    "a\nb\t\"'\\",
    b"",
    b"\x00\xff",
    [],
    [1, [2, [3]]],
    (),
    (1,),
    (1, (2, [3])),
    {},
    {"a": {"b": None}},
    {1: "one", (2, 3): "pair", None: "none"},
    {"__type__": "trap", "$": 1},
    set(),
    {1, 2},
    frozenset({"a"}),
    datetime.datetime(2024, 2, 29, 12, 30, 45, 123456),
    datetime.datetime(2024, 2, 29, tzinfo=datetime.UTC),
    datetime.datetime(2024, 2, 29, tzinfo=ZoneInfo("Europe/Rome")),
    datetime.date(2024, 2, 29),
    datetime.time(23, 59, 59, 999999),
    datetime.timedelta(days=-1, microseconds=1),
    decimal.Decimal("1.10"),
    uuid.UUID(int=7),
    Path("some/where"),
    collections.OrderedDict([("b", 1), ("a", 2)]),
    range(1, 10, 2),
    complex(1, -2),
    Colour.RED,
    Level.HIGH,
    Address("Rome", ("Via", "1")),
    Order(1, Address("Oslo"), [Colour.BLUE]),
    Pair(1, [2]),
    {"deep": [({"x": {Colour.RED: {1, 2}}},)]},
]


def same(left: Any, right: Any) -> bool:
    """Equal, and of the same type all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, float):
        return math.copysign(1, left) == math.copysign(1, right) and left == right
    return bool(left == right)


@pytest.mark.parametrize(
    "value", VALUES, ids=[f"{number} {type(value).__name__}" for number, value in enumerate(VALUES)]
)
def test_a_value_is_the_same_at_every_station(
    value: Any, tables: SystemTables, recover: Recover
) -> None:
    seen: list[Any] = []

    @DBOS.step()
    def step(given: Any) -> Any:
        return given

    @DBOS.workflow()
    def workflow(given: Any) -> Any:
        returned = step(given)
        DBOS.set_event("key", returned)
        seen.extend([given, returned])
        return returned

    with SetWorkflowID("w"):
        seen.append(workflow(value))
    tables.force_status("w", "PENDING")
    seen.extend(handle.get_result() for handle in recover())
    seen.append(DBOS.get_event("w", "key"))
    seen.append(DBOS.get_result("w"))
    assert len(seen) == 8
    assert all(same(each, value) for each in seen), seen


def test_not_a_number_stays_one() -> None:
    @DBOS.workflow()
    def workflow(value: float) -> float:
        return value

    with SetWorkflowID("w"):
        assert math.isnan(workflow(math.nan))
    assert math.isnan(DBOS.get_result("w") or 0)


def test_what_a_step_returns_is_not_shared_with_it() -> None:
    kept: list[list[int]] = []

    @DBOS.step()
    def step() -> list[int]:
        value = [1]
        kept.append(value)
        return value

    @DBOS.workflow()
    def workflow() -> list[int]:
        value = step()
        kept[0].append(2)
        return value

    with SetWorkflowID("w"):
        workflow()
    assert DBOS.list_workflow_steps("w")[0]["output"] == [1]


ERRORS: list[tuple[Callable[[], Exception], dict[str, Any]]] = [
    (lambda: ValueError("plain"), {"args": ("plain",)}),
    (lambda: KeyError("key"), {"args": ("key",)}),
    (lambda: ValueError("two", 2), {"args": ("two", 2)}),
    (lambda: OSError(2, "gone", "file"), {"errno": 2, "filename": "file"}),
    (lambda: Refused("why"), {"args": ("why",)}),
    (lambda: Shortage("nails", 3), {"item": "nails", "missing": 3}),
    (lambda: Keyword(code=7), {"code": 7}),
    (lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), {"reason": "bad"}),
]


@pytest.mark.parametrize(
    ("make", "attributes"), ERRORS, ids=[type(make()).__name__ for make, _ in ERRORS]
)
@pytest.mark.parametrize("place", ["step", "workflow"])
def test_an_error_comes_back_as_itself(
    place: str,
    make: Callable[[], Exception],
    attributes: dict[str, Any],
    tables: SystemTables,
    recover: Recover,
) -> None:
    caught: list[Exception] = []

    @DBOS.step()
    def step() -> None:
        raise make()

    @DBOS.workflow()
    def workflow() -> None:
        if place == "workflow":
            raise make()
        try:
            step()
        except Exception as raised_by_step:
            caught.append(raised_by_step)

    with SetWorkflowID("w"):
        try:
            workflow()
        except Exception as raised_by_workflow:
            caught.append(raised_by_workflow)
    if place == "workflow":
        with pytest.raises(type(make())) as raised:
            DBOS.get_result("w")
        caught.append(raised.value)
    else:
        tables.force_status("w", "PENDING")
        for handle in recover():
            handle.get_result()
    assert len(caught) == 2
    for error in caught:
        assert type(error) is type(make())
        assert str(error) == str(make())
        for name, value in attributes.items():
            assert getattr(error, name) == value


def test_the_cause_and_the_notes_of_an_error_survive(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            error = Refused("outer")
            error.add_note("look at the shelf")
            raise error from inner

    with SetWorkflowID("w"), pytest.raises(Refused):
        workflow()
    with pytest.raises(Refused, match="outer") as raised:
        DBOS.get_result("w")
    assert isinstance(raised.value.__cause__, KeyError)
    assert raised.value.__notes__ == ["look at the shelf"]


def unstorable(kind: str) -> Any:
    """A value that no database can hold."""
    if kind == "recursive":
        loop: list[Any] = []
        loop.append(lambda: loop)
        return loop
    return {
        "lambda": lambda: 1,
        "generator": (number for number in range(3)),
        "module": sys,
        "nested": {"items": [1, {"inner": lambda: 1}]},
    }[kind]


KINDS = ["lambda", "generator", "module", "nested", "recursive"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_argument_that_cannot_be_stored_is_refused_before_a_row_exists(
    kind: str, tables: SystemTables
) -> None:
    @DBOS.workflow()
    def workflow(value: Any) -> None:
        return None

    with pytest.raises(Exception, match=r".+"):
        workflow(unstorable(kind))
    assert tables.count("workflow_status") == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_that_cannot_be_stored_fails_the_workflow(kind: str) -> None:
    @DBOS.workflow()
    def workflow() -> Any:
        return unstorable(kind)

    with SetWorkflowID("w"), pytest.raises(Exception, match=r".+"):
        workflow()
    status = DBOS.get_workflow_status("w")
    assert status is not None
    assert status.status == "ERROR"


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_result_that_cannot_be_stored_is_an_error_in_the_workflow(kind: str) -> None:
    @DBOS.step()
    def step() -> Any:
        return unstorable(kind)

    @DBOS.workflow()
    def workflow() -> str:
        try:
            step()
        except Exception as error:
            return type(error).__name__
        return "stored"

    assert workflow() != "stored"


PROGRAM = """
import sys
from dbos import DBOS
from dbos.error import DBOSMaxStepRetriesExceeded
from behaviour.records import Refused, Shortage
DBOS(config={"name": "behaviour", "system_database_url": sys.argv[1]})
DBOS.launch()
for workflow_id in sys.argv[2:]:
    try:
        print(repr(DBOS.get_result(workflow_id)))
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error, getattr(error, "item", ""))
DBOS.destroy()
"""


def test_another_process_sees_the_same_results_and_errors(database_url: str) -> None:
    @DBOS.workflow()
    def result() -> Order:
        return Order(1, Address("Oslo"), [Colour.BLUE])

    @DBOS.workflow()
    def failure() -> None:
        raise Shortage("nails", 3)

    with SetWorkflowID("result"):
        result()
    with SetWorkflowID("failure"), pytest.raises(Shortage):
        failure()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, database_url, "result", "failure"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line]
    assert lines[-2:] == [
        repr(Order(1, Address("Oslo"), [Colour.BLUE])),
        "behaviour.records Shortage 3 of nails missing nails",
    ]
