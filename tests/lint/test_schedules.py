"""Schedules in words: what is wrong says nothing, and the times are those of the runtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dbos.scheduling.cron import Cron
from dbos_lint import schedules

NOW = datetime(2026, 11, 21, 8, 14, 4, tzinfo=UTC)
WORDS = {
    "* * * * *": "every minute",
    "* * * * * *": "every second",
    "*/5 * * * *": "every 5 minutes",
    "*/10 * * * * *": "every 10 seconds",
    "5 * * * *": "at minute 5 of every hour",
    "0 */2 * * *": "every 2 hours",
    "15 */2 * * *": "at minute 15 of every 2nd hour",
    "0 2 * * *": "at 02:00",
    "30 0 2 * * *": "at 02:00:30",
    "@daily": "at 00:00",
    "@Hourly": "every hour",
    "30 9,17 * * 1,3,5": "at 09:30 and 17:30 on Monday, Wednesday and Friday",
    "0 2 * * mon-fri": "at 02:00 on Monday to Friday",
    "*/15 9-17 * * *": "every 15 minutes of hours 9 to 17",
    "10-50/20 * * * *": "every 20 minutes from 10 to 50 of every hour",
    "0 0 1 jan,jul *": "at 00:00 on day 1 of the month in January and July",
    "0 0 13 * 5": "at 00:00 on day 13 of the month or on Friday",
    "0 0 */2 * *": "at 00:00 every 2 days from 1 to 31 of the month",
    "0 0 * */3 *": "at 00:00 in January, April, July and October",
    "0 0 * * */2": "at 00:00 on Sunday, Tuesday, Thursday and Saturday",
    "*/7 * * * *": "every 7 minutes from 0 to 56 of every hour",
    "*/7 8 * * *": "every 7 minutes from 0 to 56 of hour 8",
    "*/90 * * * *": "every hour",
    "0 */5 * * *": "every 5 hours from 0 to 20",
    "23 0-20/3 * * *": "at minute 23 of every 3rd hour from 0 to 20",
    "*/15 */12 * * *": "every 15 minutes of every 12th hour",
    "*/20 */5 * * * *": "every 20 seconds of every 5th minute",
    "0 0 29 2 *": "at 00:00 on day 29 of the month in February",
    "5 0 * 8 *": "at 00:05 in August",
    "0 0 * * 0": "at 00:00 on Sunday",
    "0 0 * * 7": "at 00:00 on Sunday",
    "0 0 L * *": None,
    "0 12 * * 6#1": None,
}


@pytest.mark.parametrize(
    "expression", ["", "61 * * * *", "often", "0 0 31 2 *", "* * *", "a b c d e"]
)
def test_nothing_is_said_of_what_is_no_schedule(expression: str) -> None:
    assert list(schedules.told(expression, NOW)) == []


@pytest.mark.parametrize(("expression", "said"), WORDS.items())
def test_an_expression_is_said_in_words(expression: str, said: str | None) -> None:
    assert schedules.words(expression) == said
    first, following = schedules.told(expression, NOW)
    assert first == f"schedule `{expression}`" + (f": {said} (UTC)" if said else "")
    assert following.count(", in ") == schedules.NEXT_TIMES


@pytest.mark.parametrize("expression", WORDS)
def test_the_next_times_are_those_of_the_runtime(expression: str) -> None:
    runtime, tick = Cron(expression), NOW
    for when in schedules.next_times(expression, NOW):
        tick = runtime.next_after(tick)
        assert when == tick


def test_times_are_written_for_people() -> None:
    _, following = schedules.told("0 2 * * *", NOW)
    assert following.startswith("next: Sun 22 Nov 2026 02:00, in 17 hours 45 minutes; Mon 23 Nov")
    elsewhere = NOW.astimezone() + timedelta(0)
    assert list(schedules.told("0 2 * * *", elsewhere))[1] == following
