"""What the inner test run does; the outer one says which of these must fail, and how."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS
from dbos.replay import replay_every_step, replay_every_step_async

till: Any = importlib.import_module("till")


@pytest.mark.dbos_replay
def test_sound() -> None:
    assert till.sound(2) == 2
    assert asyncio.run(till.sound_async(3)) == 3
    with pytest.raises(LookupError):
        till.sound_failure()


@pytest.mark.dbos_replay(setup="till:set_up")
def test_instances_and_destroyed() -> None:
    assert till.set_up().open() == "front"
    DBOS.destroy()


@pytest.mark.dbos_replay
def test_several() -> None:
    till.hash_order()
    till.clock()
    till.zone()
    till.environment()
    till.folder()
    till.chance()
    till.outside()
    till.memory()


@pytest.mark.dbos_replay
def test_nothing() -> None:
    assert till.keep(1) == 1


@pytest.mark.dbos_replay
def test_inner_function() -> None:
    @DBOS.workflow()
    def local() -> None:
        till.keep(1)

    local()


def test_function(replay_every_step: Callable[..., Any]) -> None:
    with pytest.raises(AssertionError, match="hash_order: step 1: keep is called with other"):
        replay_every_step(till.hash_order)


def test_coroutine() -> None:
    assert asyncio.run(replay_every_step_async(till.sound_async, 2)) == 2


def test_error_is_passed_on() -> None:
    with pytest.raises(LookupError, match="as always"):
        replay_every_step(till.sound_failure)


def test_without_a_mark() -> None:
    till.hash_order()
