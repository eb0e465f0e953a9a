"""Exceptions whose own code fails, or that hold themselves: each is recorded like any other.

A workflow that raised one must never be left without an end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pydantic
import pydantic_core
import pytest

from dbos import DBOS, PortableWorkflowError, SetWorkflowID, WorkflowSerializationFormat
from dbos.error import DBOSMaxStepRetriesExceeded, DBOSNotPortableError, DBOSSerializationError
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


class Mute(Exception):
    """One that cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class Detached:
    """A value that cannot be shown, such as a row whose session is closed."""

    def __repr__(self) -> str:
        raise RuntimeError("no session")


class Looped(Exception):
    """One that leads back to itself."""


def holding_itself() -> Exception:
    error = Looped()
    error.args = (error,)
    return error


def holding_an_endless_list() -> Exception:
    endless: list[Any] = []
    endless.append(endless)
    return Looped(endless)


def holding_one_that_holds_it() -> Exception:
    first, second = Looped("first"), Looped("second")
    first.other, second.other = second, first  # type: ignore[attr-defined]
    return first


def with_odd_notes() -> Exception:
    error = ValueError("noted")
    error.__notes__ = 7  # type: ignore[assignment]
    return error


class Slotted(Exception):
    """One whose attributes are in slots."""

    __slots__ = ("__hidden", "code")

    def __init__(self, code: int) -> None:
        super().__init__("slotted")
        self.code = code
        self.__hidden = code

    def __str__(self) -> str:
        return f"slotted {self.code} {self.__hidden}"


CASES: list[tuple[Callable[[], Exception], type[Exception]]] = [
    (Mute, Mute),
    (lambda: ValueError(Detached()), ValueError),
    (holding_itself, Looped),
    (holding_an_endless_list, Looped),
    (holding_one_that_holds_it, Looped),
    (with_odd_notes, ValueError),
]


@pytest.mark.parametrize(("make", "kind"), CASES)
def test_a_workflow_ends_with_it(make: Callable[[], Exception], kind: type[Exception]) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        raise make()

    handle = DBOS.start_workflow(workflow)
    with pytest.raises(kind):
        handle.get_result()
    assert handle.get_status().status == "ERROR"


@pytest.mark.parametrize(("make", "kind"), CASES)
def test_a_step_fails_with_it_on_the_first_run_and_in_the_replay(
    make: Callable[[], Exception],
    kind: type[Exception],
    tables: SystemTables,
    recover: Callable[[], list[Any]],
) -> None:
    caught: list[type[Exception]] = []

    @DBOS.step()
    def once() -> None:
        raise make()

    @DBOS.step(retries_allowed=True, interval_seconds=0, max_attempts=2)
    def twice() -> None:
        raise make()

    @DBOS.workflow()
    def workflow() -> None:
        for step in (once, twice):
            try:
                step()
            except Exception as error:
                caught.append(type(error))

    with SetWorkflowID("w"):
        workflow()
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == [None]
    assert caught == [kind, DBOSMaxStepRetriesExceeded] * 2


def test_a_portable_workflow_ends_with_it() -> None:
    @DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
    def workflow(kind: str) -> None:
        if kind == "mute":
            raise Mute
        if kind == "half a pair":
            raise ValueError("a\ud800b")
        raise PortableWorkflowError("told", "Odd", code=Detached())  # type: ignore[arg-type]

    for kind in ("mute", "half a pair", "code"):
        handle = DBOS.start_workflow(workflow, kind)
        with pytest.raises((PortableWorkflowError, DBOSNotPortableError)):
            handle.get_result()
        assert handle.get_status().status == "ERROR"


def test_portable_values_may_be_any_text() -> None:
    @DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
    def workflow(text: str) -> str:
        return text

    assert DBOS.start_workflow(workflow, "a\x00\ud800b").get_result() == "a\x00\ud800b"


class Lazy:
    """A value whose own code fails when it is to be stored."""

    def __getstate__(self) -> object:
        raise RuntimeError("no session")


def test_a_result_that_fails_at_being_stored_ends_the_workflow() -> None:
    @DBOS.workflow()
    def workflow() -> Lazy:
        return Lazy()

    handle = DBOS.start_workflow(workflow)
    with pytest.raises(DBOSSerializationError, match="no session"):
        handle.get_result()


class Order(pydantic.BaseModel):
    """Data that does not fit in three ways."""

    number: int
    item: str
    price: str

    @pydantic.field_validator("item")
    @classmethod
    def check_item(cls, item: str) -> str:
        raise ValueError("no {such} item")

    @pydantic.field_validator("price")
    @classmethod
    def check_price(cls, price: str) -> str:
        raise pydantic_core.PydanticCustomError("own", "no price {price}", {"price": 1})


def wrong_order(price: object) -> Exception:
    try:
        Order.model_validate({"number": "x", "item": "y", "price": price})
    except pydantic.ValidationError as error:
        return error
    raise AssertionError("it fits")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: wrong_order("z"), pydantic.ValidationError),
        (lambda: wrong_order(threading.Lock()), pydantic.ValidationError),
        (lambda: Slotted(7), Slotted),
    ],
    ids=["all kinds", "a lock", "slots"],
)
def test_it_is_the_same_class_with_the_same_text_in_the_replay(
    make: Callable[[], Exception],
    kind: type[Exception],
    tables: SystemTables,
    recover: Callable[[], list[Any]],
) -> None:
    caught: list[Exception] = []

    @DBOS.step()
    def step() -> None:
        raise make()

    @DBOS.workflow()
    def workflow() -> None:
        try:
            step()
        except kind as error:
            caught.append(error)

    with SetWorkflowID("w"):
        workflow()
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == [None]
    first, again = caught
    assert str(first) == str(again)
    if isinstance(first, pydantic.ValidationError) and isinstance(again, pydantic.ValidationError):
        assert [told["type"] for told in first.errors()] == [
            told["type"] for told in again.errors()
        ]
        assert str(again).startswith("3 validation errors for Order\nnumber\n  Input should be")
