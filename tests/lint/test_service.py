"""Checks of texts that have been replaced are given up, and somebody who never stops sees some.

Nothing is kept of what has been handled, however long the typing lasts.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dbos_lint.documents import Document
from dbos_lint.server import features
from dbos_lint.server.service import GIVEN_UP_MAX, Service
from dbos_lint.workspace import Round, Workspace

FLOW = (
    "import time\nfrom dbos import DBOS\n\n\n"
    "@DBOS.workflow()\ndef run() -> float:\n    return time.time()\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    return tmp_path


def _before_each_check(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> list[int]:
    """Do something whenever a check begins; what is given back grows by its number."""
    begun: list[int] = []
    check = Workspace.check

    def gated(self: Workspace, buffers: Mapping[Path, str]) -> Round:
        begun.append(len(begun) + 1)
        act(len(begun))
        return check(self, buffers)

    monkeypatch.setattr(Workspace, "check", gated)
    return begun


@pytest.mark.asyncio
@pytest.mark.parametrize("changes", [1, GIVEN_UP_MAX, GIVEN_UP_MAX + 3])
async def test_a_check_of_replaced_texts_is_given_up_but_not_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    loop = asyncio.get_running_loop()
    complaints: list[str] = []
    shown: list[tuple[int, Round]] = []

    def show(made: Round, documents: tuple[Document, ...]) -> None:
        shown.append((len(begun), made))

    service = Service(show, complaints.append)

    def type_on(number: int) -> None:
        """Another change arrives when the check has begun."""
        if number <= changes:
            arrived = threading.Event()
            loop.call_soon_threadsafe(service.changed)
            loop.call_soon_threadsafe(arrived.set)
            arrived.wait()

    begun = _before_each_check(monkeypatch, type_on)
    service.folders([folder])
    made = await service.settled()
    while len(begun) <= changes:
        made = await service.settled()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others)
    service.stop()
    assert complaints == []
    assert shown[0][0] == min(changes, GIVEN_UP_MAX) + 1
    assert shown[-1][1] is made is service.round
    assert made is not None
    (result,) = made.results.values()
    assert [each.code for each in result.findings["flow.py"]] == ["DBS001"]


@pytest.mark.asyncio
async def test_who_types_without_a_pause_does_not_fill_the_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause after which garbage is collected anyway never comes here."""
    monkeypatch.setattr("dbos_lint.server.service.IDLE_SECONDS", 3600.0)
    monkeypatch.setattr("dbos_lint.server.service.GARBAGE_MAX", 5000)

    def litter(_: int) -> None:
        for _number in range(1000):
            circle: list[object] = []
            circle.append(circle)

    _before_each_check(monkeypatch, litter)
    service = Service(lambda made, documents: None, lambda message: None)
    counts: list[int] = []
    for number in range(20):
        service.folders([folder, folder / str(number)])
        await service.settled()
        counts.append(await service.ask(lambda: gc.get_count()[0]))
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    service.stop()
    steps = [after - before for before, after in itertools.pairwise(counts)]
    assert min(steps) < 0 < max(steps), "it is collected now and then, and not each time"
    assert max(counts) - counts[0] <= 5000 + max(steps)


@pytest.mark.asyncio
async def test_what_was_handled_is_forgotten() -> None:
    server = features.made()
    protocol = server.protocol
    item = {"uri": "untitled:x", "languageId": "python", "version": 1, "text": "x = 1\n"}
    change = {"textDocument": {"uri": "untitled:x", "version": 2}, "contentChanges": []}
    for method, given in (
        ("initialize", {"capabilities": {}}),
        ("initialized", {}),
        ("textDocument/didOpen", {"textDocument": item}),
        *[("textDocument/didChange", change)] * 20,
    ):
        message = {"jsonrpc": "2.0", "method": method, "params": given}
        message |= {"id": 1} if method == "initialize" else {}
        protocol.handle_message(protocol.structure_message(message))
    await server.running.settled()
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*tasks)
    server.running.stop()
    assert protocol._request_futures == {}
