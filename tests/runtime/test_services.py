"""Services: what a program does in them, or a machine to them, does not end them or cost hours."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable

import pytest

from dbos import DBOS
from dbos.kernel import alerts, seam
from dbos.kernel.wakes import Wakes
from dbos.registry import live
from dbos.scheduling.cron import Cron
from dbos.services import service as service_module
from dbos.services.service import Service, stop_all

DEADLINE_SECONDS = 60.0


@pytest.mark.parametrize("kind", [ValueError, SystemExit])
def test_a_service_goes_on_after_what_its_work_raised(kind: type[BaseException]) -> None:
    wakes, calls, again = Wakes(), [], threading.Event()

    def work() -> float:
        calls.append(1)
        if len(calls) == 1:
            wakes.notify([("service", "tried")])
            raise kind("not this time")
        again.set()
        return DEADLINE_SECONDS

    service = Service("tried", wakes, work)
    service.start()
    assert again.wait(DEADLINE_SECONDS)
    service.stop()


def test_an_alert_for_which_there_is_no_thread_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(name: str, target: Callable[[], None]) -> threading.Thread:
        raise RuntimeError("can't start new thread")

    DBOS.alert_handler(lambda name, message, about: None)
    try:
        monkeypatch.setattr(seam, "start_thread", refuse)
        alerts.tell(alerts.PARKED, "a workflow is parked")
    finally:
        live.clear()
    assert "can't start new thread" in caplog.text


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize("zone", [None, "Europe/Paris", "Australia/Lord_Howe"])
@pytest.mark.parametrize("expression", ["* * * * *", "17 */5 * * *", "30 2 * * *", "0 0 1 * *"])
def test_the_last_tick_is_the_one_that_counting_finds(expression: str, zone: str | None) -> None:
    cron, now = Cron(expression, zone), moment("2026-04-06T01:02:03")
    first = cron.next_after(moment("2026-04-04T00:00:00"))
    ticks = [first, *cron.between(first, now)]
    if first > now:
        assert cron.last_until(now, first) == first
    else:
        assert cron.last_until(now, first) == ticks[-1]


def test_the_last_tick_of_a_year_of_seconds_is_found_without_counting_them() -> None:
    cron = Cron("* * * * * *")
    now = moment("2026-12-31T00:00:00")
    assert cron.last_until(now, moment("2026-01-01T00:00:00")) == now


def test_services_are_told_to_stop_before_anyone_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first one ends when the second one has: one after the other, nobody would ever end."""
    monkeypatch.setattr(service_module, "STOP_SECONDS", 600.0)
    wakes = Wakes()
    begun, ended = threading.Event(), threading.Event()

    def until_the_second_ended() -> None:
        begun.set()
        ended.wait()

    def end_the_first() -> None:
        second.join(seam.monotonic() + 600.0)
        ended.set()

    first = Service("first", wakes, until_the_second_ended)
    second = Service("second", wakes, lambda: None)
    first.start()
    second.start()
    assert begun.wait(30)
    waiting = threading.Thread(target=end_the_first)
    waiting.start()
    stop_all([first, second])
    waiting.join(30)
    assert ended.is_set()
