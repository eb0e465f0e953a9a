"""Any value and any error: what the first run returns, replay returns, type and all.

Values are invented by hypothesis and go through the database both ways: as the result of a step in
the first run, and as its record in a replay of the same workflow.
"""

from __future__ import annotations

import datetime
import decimal
import pathlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dbos import DBOS, DBOSConfig, SetWorkflowID, testing
from dbos.error import DBOSSerializationError
from dbos.values import serialize
from support.behaviour import SystemTables
from support.codec_shapes import Colour, Order, OutOfStock, Point, Slotted, Weight

TEXT = some.text(max_size=12)
ZONES = some.sampled_from([datetime.UTC, ZoneInfo("Europe/Rome"), ZoneInfo("Asia/Kathmandu")])
SCALARS = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(allow_nan=True),
    TEXT,
    some.binary(max_size=12),
    some.decimals(allow_nan=False),
    some.uuids(),
    some.dates(),
    some.times(),
    some.datetimes(),
    some.datetimes(timezones=ZONES),
    some.timedeltas(),
    some.sampled_from([*Colour, *Weight]),
    some.builds(pathlib.PurePosixPath, some.just("a/b")),
    some.complex_numbers(allow_nan=False),
)
HASHABLE = some.one_of(
    some.none(), some.booleans(), some.integers(), TEXT, some.binary(max_size=4), some.uuids()
)


def iter_nothing() -> Iterator[None]:
    """A generator, which cannot be stored."""
    yield


def containers(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """Every container of the codec around `inner`."""
    return some.one_of(
        some.lists(inner, max_size=4),
        some.lists(inner, max_size=4).map(tuple),
        some.sets(HASHABLE, max_size=4),
        some.frozensets(HASHABLE, max_size=4),
        some.dictionaries(TEXT, inner, max_size=4),
        some.dictionaries(some.one_of(HASHABLE, some.tuples(HASHABLE)), inner, max_size=4),
        some.builds(Point, inner, inner),
        some.builds(Order, TEXT, inner, some.dictionaries(TEXT, inner, max_size=2)),
        some.builds(Slotted, inner),
    )


VALUES = some.recursive(SCALARS, containers, max_leaves=12)
ERRORS = some.one_of(
    some.builds(ValueError, VALUES),
    some.builds(KeyError, TEXT),
    some.builds(RuntimeError, TEXT, VALUES),
    some.builds(OutOfStock, TEXT, wanted=some.integers()),
    some.builds(OSError, some.integers(1, 100), TEXT, TEXT),
    some.builds(
        UnicodeDecodeError, some.just("utf-8"), some.binary(), some.just(0), some.just(1), TEXT
    ),
)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in every part and in the type of every part."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return str(one) == str(other)
    if isinstance(one, decimal.Decimal):
        return bool(one.as_tuple() == other.as_tuple())
    if isinstance(one, datetime.datetime):
        return bool(one == other and one.tzinfo == other.tzinfo and one.fold == other.fold)
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        pairs = zip(one.items(), other.items(), strict=True) if len(one) == len(other) else ()
        return len(one) == len(other) and all(same(mine, theirs) for mine, theirs in pairs)
    if isinstance(one, BaseException):
        return same(one.args, other.args) and same(vars(one), vars(other))
    return bool(one == other)


@settings(max_examples=300, deadline=None)
@given(value=VALUES)
def test_a_value_survives_its_text(value: Any) -> None:
    stored = serialize.encode(value, allow_pickle=False)
    assert same(serialize.decode(stored.text, stored.serialization), value)
    assert same(serialize.settled(value, stored), value)


@settings(max_examples=200, deadline=None)
@given(error=ERRORS)
def test_an_error_survives_its_text(error: Exception) -> None:
    stored, seen = serialize.encode_error(error, allow_pickle=False)
    read = serialize.decode(stored.text, stored.serialization)
    assert same(read, error)
    assert same(seen, read)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=some.lists(some.one_of(VALUES, ERRORS), min_size=1, max_size=6))
def test_replay_sees_what_the_first_run_saw(config: DBOSConfig, values: list[Any]) -> None:
    DBOS.destroy(destroy_registry=True)
    seen: list[list[Any]] = []

    @DBOS.step(name="give")
    def give(place: int) -> Any:
        if isinstance(values[place], Exception):
            raise values[place]
        return values[place]

    @DBOS.workflow(name="collect")
    def collect(count: int) -> None:
        lap: list[Any] = []
        seen.append(lap)
        for place in range(count):
            try:
                lap.append(give(place))
            except Exception as error:
                lap.append(error)

    DBOS(config=config)
    DBOS.launch()
    workflow_id = uuid.uuid4().hex
    with SetWorkflowID(workflow_id):
        collect(len(values))
    SystemTables(config["system_database_url"] or "").force_status(workflow_id, "PENDING")
    (handle,) = testing.recover_pending_workflows(["local"])
    handle.get_result()
    DBOS.destroy(destroy_registry=True)
    first, replayed = seen
    assert len(first) == len(values)
    for one, other, given_value in zip(first, replayed, values, strict=True):
        assert same(one, other)
        assert same(one, given_value)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Order("o", [1, 2, {"lock": threading.Lock()}]), "result.items[2].lock"),
        ([lambda: 1], "result[0]"),
        ({"a": (1, iter_nothing())}, "result.a[1]"),
        (Slotted(open), "result.value"),
        (Point(1, Point(2, threading.Event())), "result[1][1]"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_path(value: Any, path: str) -> None:
    with pytest.raises(DBOSSerializationError) as refused:
        serialize.encode(value, what="result", allow_pickle=False)
    assert path in str(refused.value)


def test_endless_and_deep_values_are_refused_not_followed() -> None:
    endless: list[Any] = []
    endless.append(endless)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(DBOSSerializationError):
            serialize.encode(value, what="result", allow_pickle=False)
    deep = [1]


def test_fifty_megabytes_pass_and_no_listing_loads_them(launched: None) -> None:
    @DBOS.workflow()
    def large() -> str:
        return "x" * 50_000_000

    with SetWorkflowID("large"):
        assert len(large()) == 50_000_000
    (row,) = DBOS.list_workflows(load_output=False)
    assert row.output is None
    assert len(DBOS.retrieve_workflow("large").get_result()) == 50_000_000


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -1, 2**63 - 1, 2**63, -(2**63), "", "null", "$", '"$"', '\\"$"'),
        *([], {}, {"a": [1, None, {"b": '"$"'}]}, {"$": "tuple"}, {"a": {"$": 1}}, ["$", '"$":']),
        *((1,), [(1, "$")], {"plain": {"deep": (1,)}}, {'"$"': 1}, {1: 2}, float("inf"), 2.5),
    ],
    ids=repr,
)
def test_short_ways_through_the_codec_lose_nothing(value: object) -> None:
    encoded = serialize.encode(value)
    again = serialize.decode(encoded.text, encoded.serialization)
    assert (type(again), again) == (type(value), value)
    assert repr(again) == repr(value)
