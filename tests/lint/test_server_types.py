"""Types in the editor: mypy is asked about what is saved; what it says stays with its lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from dbos_build.findings import Finding, Severity
from dbos_lint.typed import Answer, answered, texts_of
from dbos_lint.workspace import Workspace
from support.editor import checked, open_file, pushed, replace_all, start

FLOW = '''"""A workflow that reads a clock which only types tell of."""
import acme
from dbos import DBOS


@DBOS.workflow()
def order() -> str:
    return str(acme.clock().now())
'''
LIBRARY = {
    "acme.pyi": "from datetime import datetime\n\ndef clock() -> type[datetime]: ...\n",
    "dbos.pyi": "from typing import Any\n\nDBOS: Any\n",  # The real one takes mypy seconds.
}


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with types switched on, beside a library that has only types."""
    library = tmp_path / "library"
    library.mkdir()
    for name, text in LIBRARY.items():
        (library / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("MYPYPATH", str(library))
    folder = (tmp_path / "shop").resolve()
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\ntypes = true\n", encoding="utf-8")
    path = folder / "flow.py"
    path.write_text(FLOW, encoding="utf-8")
    return path


def codes(workspace: Workspace, buffers: Mapping[Path, str]) -> list[tuple[str, int]]:
    """What a check of open buffers finds, with the lines."""
    done = workspace.check(buffers)
    return [
        (each.code, each.line)
        for result in done.results.values()
        for found in result.findings.values()
        for each in found
    ]


def test_mypy_is_asked_once_about_what_is_saved(flow: Path) -> None:
    workspace = Workspace((flow.parent,))
    assert codes(workspace, {flow: FLOW + "\n"}) == []
    assert workspace.question() is None, "mypy would read another text from the file"
    codes(workspace, {flow: FLOW})
    found = workspace.question()
    assert found is not None
    key, question = found
    assert question.wanted == {"flow.py"}
    workspace.learn(key, answered(question, None))
    assert codes(workspace, {flow: FLOW}) == []
    assert workspace.question() is None, "who gave no answer is not asked the same again"


def test_what_types_tell_moves_with_its_line_until_that_changes(flow: Path) -> None:
    workspace = Workspace((flow.parent,))
    codes(workspace, {flow: FLOW})
    found = workspace.question()
    assert found is not None
    key, question = found
    places = {"path": "flow.py", "line": 8, "column": 16, "end_line": 8, "end_column": 35}
    added = Finding("DBS001", "wall-clock", Severity.ERROR, "a clock", **places)  # type: ignore[arg-type]
    workspace.learn(key, Answer(texts_of(question.project), (added,)))
    assert codes(workspace, {flow: FLOW}) == [("DBS001", 8)]
    assert codes(workspace, {flow: "\n" + FLOW}) == [("DBS001", 9)]
    assert codes(workspace, {flow: FLOW.replace("clock()", "clock(1)")}) == []
    assert codes(workspace, {flow: FLOW}) == [("DBS001", 8)]
    workspace.learn(key, Answer(texts_of(question.project), removed=(added,)))
    assert codes(workspace, {flow: FLOW}) == [], "what was not found cannot be taken away"


@pytest.mark.asyncio
async def test_an_editor_shows_what_check_prints_with_types(
    flow: Path, client: LanguageClient
) -> None:
    uri = flow.as_uri()
    await start(client, flow.parent, pulls=False)
    await pushed(client)
    (found,) = client.diagnostics[uri]
    (printed,) = checked(flow.parent)
    assert (found.code, found.message) == (printed["code"], printed["message"])
    open_file(client, flow)
    await pushed(client)
    assert len(client.diagnostics[uri]) == 1, "the open buffer has a version, and the same text"
    edited = FLOW.replace("str(acme", "repr(acme")
    replace_all(client, flow, edited)
    await pushed(client)
    assert not client.diagnostics[uri], "nobody knows about the new line yet"
    flow.write_text(edited, encoding="utf-8")
    saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
    client.text_document_did_save(saved)
    await pushed(client)
    assert len(client.diagnostics[uri]) == 1
