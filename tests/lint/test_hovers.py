"""What hovers say of queues and of steps that are tried again, read as a user reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbos_lint import hovers
from dbos_lint.project import lone

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUEUES = {
    'Queue("q")': "without limits",
    'Queue("q", concurrency=1)': "runs at most 1 at a time, in all processes together",
    'Queue("q", worker_concurrency=2)': "runs at most 2 at a time in each process",
    'Queue("q", limiter={"limit": 5, "period": 1})': "starts at most 5 in 1 second",
    'Queue("q", limiter={"limit": 5, "period": 2.5})': "starts at most 5 in 2.5 seconds",
    'Queue("q", partition_limiter={"limit": 5, "period": 60})': (
        "starts at most 5 in 60 seconds for each partition key"
    ),
    'Queue("q", partition_concurrency=1)': (
        "runs at most 1 at a time for each partition key, in all processes together"
    ),
    'Queue("q", limiter={"limit": 5})': "limiter: `{'limit': 5}`",
    'Queue("q", polling_interval_sec=1)': "looked at every 1 second",
    'Queue("q", priority_enabled=True)': "lower priority numbers go first",
    'Queue("q", partition_queue=True)': "limits count for each partition key",
    'Queue("q", concurrency=int(input()))': "its settings are worked out when the program runs",
}
STEPS: dict[str, tuple[dict[str, object], str]] = {
    "not": ({}, "not retried: what it raises, the workflow gets"),
    "once": ({"max_attempts": 1}, "tried once"),
    "none": ({"max_attempts": 0}, "tried once"),
    "twice": ({"max_attempts": 2, "interval_seconds": 1}, "tried up to 2 times, 1 second apart"),
    "evenly": ({"backoff_rate": 1}, "tried up to 3 times, 1 second apart"),
    "slowly": (
        {"backoff_rate": 1.0, "interval_seconds": 5},
        "tried up to 3 times, 5 seconds apart",
    ),
    "slower": ({"max_attempts": 3}, "tried up to 3 times, 1, 2 seconds apart"),
    "often": ({"max_attempts": 9}, "tried up to 9 times, 1, 2, 4, 8, … seconds apart"),
    "open": ({"max_attempts": None}, "retried"),
}


@pytest.mark.parametrize(("made", "told"), QUEUES.items())
def test_a_queue_tells_its_limits_in_words(made: str, told: str) -> None:
    text = f"from dbos import Queue\n\nqueue = {made}\n"
    project = lone(Path("/unsaved/queues.py"), text)
    result = project.check({"queues.py": text})
    assert hovers.at(result, "queues.py", 3, 4, NOW) == f"**queue** `q`\n\n{told}"


@pytest.mark.parametrize(("options", "told"), STEPS.values(), ids=STEPS)
def test_a_step_tells_how_often_it_is_tried(options: dict[str, object], told: str) -> None:
    given = {"retries_allowed": True, **options} if options else {}
    assert hovers.retries(given) == told
