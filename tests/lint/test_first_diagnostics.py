"""The first diagnostics of a large project: what is certain comes before the whole, never wrong."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dbos_build.checking import preview
from dbos_build.findings import Finding
from dbos_lint.documents import Document
from dbos_lint.server.service import Service
from dbos_lint.workspace import Round, Workspace
from support import large_application
from support.editor import WAIT_SECONDS
from support.language_client import LanguageClient

SERVER = [sys.executable, "-m", "dbos_build", "server"]
OPENED = "service_03/batch.py"
TAKEN = (
    "\n\n@DBOS.step(name='service_02.notify_unit_00')\ndef notify(text: str) -> None:\n"
    "    print(text)\n"
)
"""A step under a name that another service gave to one of its own."""


@pytest.fixture(autouse=True)
def every_size_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small projects are previewed as well, in this process."""
    monkeypatch.setattr(preview, "WORTHWHILE_CHARACTERS", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path.resolve(), large_application.texts(services=4, units=3))
    return tmp_path.resolve()


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")


def _findings(made: Round | None, path: str) -> tuple[Finding, ...]:
    assert made is not None
    (result,) = made.results.values()
    return result.findings[path]


def _gate(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have checks wait until what is returned is called."""
    opened, check = threading.Event(), Workspace.check

    def gated(self: Workspace, buffers: Mapping[Path, str]) -> Round:
        assert opened.wait(WAIT_SECONDS)
        return check(self, buffers)

    monkeypatch.setattr(Workspace, "check", gated)
    return opened.set


@pytest.mark.asyncio
async def test_an_open_file_is_answered_for_while_the_whole_is_still_analysed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = _gate(monkeypatch)
    shown: list[Round] = []
    previews: list[Round] = []

    def show(made: Round, documents: tuple[Document, ...]) -> None:
        shown.append(made)

    def early(made: Round, documents: tuple[Document, ...]) -> None:
        assert [each.path for each in documents] == [folder / OPENED]
        previews.append(made)

    service = Service(show, pytest.fail, early)
    text = (folder / OPENED).read_text(encoding="utf-8")
    service.folders([folder])
    service.documents.open((folder / OPENED).as_uri(), text, 1)
    service.changed()
    first = await service.first()
    assert (shown, service.round) == ([], None)
    assert first is previews[-1]
    go_on()
    whole = await service.settled()
    assert whole is shown[-1] is await service.first()
    assert _findings(first, OPENED) == _findings(whole, OPENED) != ()
    before = len(previews)
    service.reload()
    assert await service.first() is service.round
    assert len(previews) == before, "what is known is not taken back for less"
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    service.stop()


@pytest.mark.asyncio
async def test_where_nothing_is_open_or_everything_is_needed_the_whole_comes_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace((folder,))
    assert workspace.preview({}) is None
    shared = folder / "platform_parts" / "money.py"
    assert workspace.preview({shared: shared.read_text(encoding="utf-8")}) is None
    lost = folder / "elsewhere.txt" / "flow.py"
    assert workspace.preview({lost: "import dbos\n"}) is None
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\nselect = 3\n", encoding="utf-8")
    assert Workspace((folder,)).preview({folder / OPENED: "import dbos\n"}) is None


@pytest.mark.parametrize("refreshes", [True, False])
def test_an_editor_that_pulls(tmp_path: Path, refreshes: bool) -> None:
    folder = _large(tmp_path)
    workspace = {"diagnostics": {"refreshSupport": refreshes}}
    with LanguageClient(SERVER, folder) as client:
        _open(client, folder, {"textDocument": {"diagnostic": {}}, "workspace": workspace})
        document = {"uri": (folder / OPENED).as_uri()}
        first = client.ask("textDocument/diagnostic", textDocument=document)
        client.ask("workspace/diagnostic", previousResultIds=[])
        whole = client.ask("textDocument/diagnostic", textDocument=document)
        # Whether the name of a step is taken takes the whole to say; the rest must be asked again.
        taken = [each for each in whole["items"] if each["code"] == "DBS814"]
        assert len(taken) == 1
        if refreshes:
            assert client.request("workspace/diagnostic/refresh")
            assert first["items"] == [each for each in whole["items"] if each not in taken] != []
        else:
            assert first == whole


def test_an_editor_that_is_pushed(tmp_path: Path) -> None:
    folder = _large(tmp_path)
    with LanguageClient(SERVER, folder) as client:
        _open(client, folder, {})
        first = client.notification("textDocument/publishDiagnostics")
        assert first["uri"] == (folder / OPENED).as_uri()
        assert first["version"] == 1
        whole = client.notification("textDocument/publishDiagnostics")
        while whole["uri"] != first["uri"]:
            whole = client.notification("textDocument/publishDiagnostics")
        codes = [each["code"] for each in whole["diagnostics"]]
        assert "DBS814" in codes
        codes.remove("DBS814")
        assert [each["code"] for each in first["diagnostics"]] == codes != []


def _open(client: LanguageClient, folder: Path, capabilities: dict[str, object]) -> None:
    """Make the handshake, and open a file at once."""
    place = {"uri": folder.as_uri(), "name": "shop"}
    client.ask("initialize", processId=None, capabilities=capabilities, workspaceFolders=[place])
    client.tell("initialized")
    text = (folder / OPENED).read_text(encoding="utf-8")
    document = {"uri": (folder / OPENED).as_uri(), "languageId": "python", "version": 1}
    client.tell("textDocument/didOpen", textDocument={**document, "text": text})


def _large(tmp_path: Path) -> Path:
    """A project of the size at which the server begins with a preview."""
    folder = tmp_path.resolve()
    texts = large_application.texts(services=4)
    texts[OPENED] += TAKEN
    _write(folder, texts)
    return folder
