"""The pytest plugin: replays as a part of a test.

In: tests that ask for the fixtures ``assert_replays`` or ``replay_every_step``, that carry the mark
``dbos_replay``, or a run with ``--dbos-replay-every-step``. Out: failures of tests whose workflows
do not replay. Never imports a part of the runtime before one of these is used, and never changes
the outcome of a test without workflows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

MARK = "dbos_replay"
PROPERTY = "dbos_replayed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--dbos-replay-every-step``."""
    parser.getgroup("dbos").addoption(
        "--dbos-replay-every-step",
        action="store_true",
        help="Replay each workflow of each test after every operation it recorded, in processes"
        " with another hash seed, clock, time zone, environment and working directory.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(setup=None): replay the workflows of this test after every operation",
    )
    if config.getoption("--dbos-replay-every-step"):
        config.pluginmanager.register(_Summary(), "dbos-replay-summary")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Replay what a test has run, while its database is still there."""
    mark = item.get_closest_marker(MARK)
    if mark is None and not item.config.getoption("--dbos-replay-every-step"):
        return (yield)
    from dbos.replay.child import DBOSReplayError
    from dbos.replay.observed import Observed

    with Observed() as observed:
        answer = yield
    setup = None if mark is None else mark.kwargs.get("setup")
    failure = ""
    try:
        observed.replay(setup=setup, demanded=mark is not None)
    except (AssertionError, DBOSReplayError) as error:
        failure = str(error)
    item.user_properties.append((PROPERTY, observed.replayed))
    if failure:
        pytest.fail(failure, pytrace=False)
    return answer


class _Summary:
    """Counts what was replayed, over all workers."""

    def __init__(self) -> None:
        self.workflows = self.tests = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test noted about itself."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == PROPERTY and isinstance(value, int):
                    self.workflows += value
                    self.tests += value > 0

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how much was replayed, so that nobody takes nothing for success."""
        terminalreporter.write_line(
            f"dbos: replayed {self.workflows} workflows of {self.tests} tests after every operation"
        )


@pytest.fixture
def assert_replays() -> Callable[..., Any]:
    """``dbos.replay.assert_replays``: does today's code replay the workflows of a fixture?"""
    from dbos.replay import assertions

    return assertions.assert_replays


@pytest.fixture
def replay_every_step() -> Callable[..., Any]:
    """``dbos.replay.replay_every_step``: run a workflow and replay it after every operation."""
    from dbos.replay import assertions

    return assertions.replay_every_step
