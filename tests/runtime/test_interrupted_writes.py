"""A thread that is interrupted while it writes, as by Ctrl-C, holds up nobody after it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from dbos import DBOSConfig
from dbos.config import settings
from dbos.kernel import seam
from dbos.launch import open_system
from dbos.system import SystemDatabase, commit, workflows
from dbos.system.entry import Entry
from dbos.system.statement import Write
from dbos.system.workflows import NewWorkflow

DEADLINE_SECONDS = 60.0


class Interrupt(BaseException):
    """What the handler of a signal raises in the main thread."""


@pytest.fixture
def system(config: DBOSConfig) -> Iterator[SystemDatabase]:
    """A system database that nobody else writes to."""
    opened = open_system(settings(config))
    yield opened
    opened.close()


@pytest.fixture
def interrupt() -> Iterator[Callable[[], None]]:
    """Interrupts the thread of the test, wherever it waits."""
    main, raised, moment = threading.main_thread(), threading.Event(), threading.Event()
    assert threading.current_thread() is main

    def handle(number: int, frame: FrameType | None) -> None:
        if not raised.is_set():
            raised.set()
            raise Interrupt

    def send() -> None:
        # A signal that comes just before a wait begins is noticed only after it.
        while not raised.is_set():
            signal.pthread_kill(main.ident or 0, signal.SIGUSR1)
            moment.wait(0.01)

    former = signal.signal(signal.SIGUSR1, handle)
    yield send
    signal.signal(signal.SIGUSR1, former)


def write(name: str, *, unhurried: bool = False) -> Write[bool]:
    made = workflows.insert(
        NewWorkflow(
            workflow_uuid=name,
            status="PENDING",
            name="work",
            inputs="{}",
            serialization="json",
            created_at=1,
            arrival=1,
        )
    )
    return Write(made.what, made.statement, made.parameters, made.read, unhurried=unhurried)


class HoldingSeam(seam.Seam):
    """Holds the commit of one write until it is told to let go."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.reached, self.let_go = threading.Event(), threading.Event()

    def before_commit(self, writes: Any) -> None:
        """Wait at the commit that was named."""
        if any(self._name in one for one in writes):
            self.reached.set()
            assert self.let_go.wait(DEADLINE_SECONDS)


@pytest.fixture
def held(system: SystemDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[HoldingSeam]:
    """A commit that is under way: whoever writes now waits in the line."""
    holding = HoldingSeam("first")
    monkeypatch.setattr(seam, "current", holding)
    leader = threading.Thread(target=lambda: system.save(write("first")))
    leader.start()
    assert holding.reached.wait(DEADLINE_SECONDS)
    yield holding
    holding.let_go.set()
    leader.join(DEADLINE_SECONDS)


def interrupt_when_it_waits(system: SystemDatabase, interrupt: Callable[[], None]) -> None:
    """Interrupt the main thread once its write stands in the line."""

    def watch() -> None:
        moment = threading.Event()
        while not system.committer._pending:
            moment.wait(0.001)
        interrupt()

    threading.Thread(target=watch, daemon=True).start()


def saved_by_another_thread(system: SystemDatabase, name: str) -> bool:
    """Whether a write of another thread is committed."""
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(system.save(write(name))), daemon=True)
    thread.start()
    thread.join(DEADLINE_SECONDS)
    return answers == [True]


def wait_in_the_line(system: SystemDatabase) -> None:
    system.save(write("mine"))


def wait_for_company(system: SystemDatabase) -> None:
    system.save(write("mine", unhurried=True))


def wait_for_a_transaction(system: SystemDatabase) -> None:
    with system.committer.exclusive():
        pass


@pytest.mark.parametrize("wait", [wait_in_the_line, wait_for_company, wait_for_a_transaction])
def test_an_interrupted_wait_holds_up_nobody(
    wait: Callable[[SystemDatabase], None],
    system: SystemDatabase,
    held: HoldingSeam,
    interrupt: Callable[[], None],
) -> None:
    interrupt_when_it_waits(system, interrupt)
    with pytest.raises(Interrupt):
        wait(system)
    held.let_go.set()
    assert saved_by_another_thread(system, "later")


def test_an_interrupted_leader_holds_up_nobody(
    system: SystemDatabase, interrupt: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    holding = HoldingSeam("mine")
    monkeypatch.setattr(seam, "current", holding)

    def watch() -> None:
        assert holding.reached.wait(DEADLINE_SECONDS)
        interrupt()

    threading.Thread(target=watch, daemon=True).start()
    with pytest.raises(Interrupt):
        wait_in_the_line(system)
    holding.let_go.set()
    assert saved_by_another_thread(system, "later")


def test_a_leader_commits_its_own_write_however_long_the_line_is(system: SystemDatabase) -> None:
    """More unhurried writes than go into one commit wait, and the last of them leads."""
    entries = [
        Entry(write(f"w{number:04}", unhurried=True)) for number in range(commit.LARGEST_BATCH + 1)
    ]
    committer = system.committer
    with contextlib.ExitStack() as stack:
        stack.enter_context(committer._mutex)
        for entry in entries:
            entry.arm()
            committer._pending.append(entry)
        committer._led = entries[-1].leads = True
    committer._lead(entries[-1])
    assert entries[-1].take() is True
    for entry in entries[:-1]:
        assert entry.wait(DEADLINE_SECONDS)
        if entry.leads:
            committer._lead(entry)
        assert entry.take() is True
