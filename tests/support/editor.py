"""An editor for tests: what a client says to the language server, and what it is answered.

In: a client of pytest-lsp, and files. Out: requests whose answers are waited for within a limit,
and their values. It never sleeps.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

WAIT_SECONDS = 30.0
HELPERS = '''"""Prices."""
import time


def price() -> float:
    return time.time()
'''
ORDERS = '''"""Orders."""
from dbos import DBOS, Queue

from prices import price

queue = Queue("orders", concurrency=3)


@DBOS.step()
def charge(amount: float) -> float:
    return amount


@DBOS.workflow()
def order() -> float:
    """An order."""
    return charge(price())
'''
SERVER = ClientServerConfig(server_command=[sys.executable, "-m", "dbos_build", "server"])


async def start(
    client: LanguageClient,
    *folders: Path,
    pulls: bool,
    encoding: str = "",
    resolves: bool = False,
    options: object = None,
    workspace: types.WorkspaceClientCapabilities | None = None,
    window: types.WindowClientCapabilities | None = None,
) -> None:
    """Make the handshake, as an editor that can do what the arguments say.

    `resolves`: it asks for the edits of code actions later; `options`: what it sends to begin with.
    """
    wanted = [types.PositionEncodingKind(encoding)] if encoding else None
    later = types.ClientCodeActionResolveOptions(["edit"]) if resolves else None
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=wanted),
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if pulls else None,
            code_action=types.CodeActionClientCapabilities(resolve_support=later),
        ),
        workspace=workspace,
        window=window,
    )
    given = types.InitializeParams(
        capabilities=capabilities,
        initialization_options=options,
        workspace_folders=[types.WorkspaceFolder(each.as_uri(), each.name) for each in folders],
    )
    await asyncio.wait_for(client.initialize_session(given), WAIT_SECONDS)


def open_file(client: LanguageClient, path: Path, text: str | None = None) -> None:
    """Open a buffer."""
    text = path.read_text(encoding="utf-8") if text is None else text
    item = types.TextDocumentItem(path.as_uri(), "python", 1, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))


def replace_all(client: LanguageClient, path: Path, text: str, version: int = 2) -> None:
    """Replace the text of a buffer."""
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version, path.as_uri()),
            [types.TextDocumentContentChangeWholeDocument(text)],
        )
    )


def insert(client: LanguageClient, path: Path, line: int, column: int, text: str) -> None:
    """Type something at a place."""
    place = types.Position(line, column)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(3, path.as_uri()),
            [types.TextDocumentContentChangePartial(types.Range(place, place), text)],
        )
    )


async def pull(client: LanguageClient, path: Path) -> list[types.Diagnostic]:
    """Ask for the diagnostics of a buffer."""
    given = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(path.as_uri()))
    asked = client.text_document_diagnostic_async(given)
    report = await asyncio.wait_for(asked, WAIT_SECONDS)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    return list(report.items)


def checked(folder: Path) -> list[dict[str, object]]:
    """What `dbos-build check` prints for a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "dbos_build", "check", "--output-format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


async def pushed(client: LanguageClient) -> None:
    """Wait for the next push."""
    waiting = client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    await asyncio.wait_for(waiting, WAIT_SECONDS)


async def actions(
    client: LanguageClient,
    path: Path,
    *only: str,
    line: int = 5,
    selection: types.Range | None = None,
) -> list[types.CodeAction]:
    """The code actions in a line of a buffer, from 0, or for a selection."""
    place = types.Position(line, 0)
    given = types.CodeActionParams(
        types.TextDocumentIdentifier(path.as_uri()),
        selection or types.Range(place, place),
        types.CodeActionContext([], only=[types.CodeActionKind(each) for each in only] or None),
    )
    asked = client.text_document_code_action_async(given)
    found = await asyncio.wait_for(asked, WAIT_SECONDS)
    return [each for each in found or () if isinstance(each, types.CodeAction)]


def carried_out(action: types.CodeAction, text: str) -> str:
    """The text after an action that replaces whole lines."""
    assert action.edit is not None
    assert action.edit.changes is not None
    (edits,) = action.edit.changes.values()
    (edit,) = edits
    lines = text.splitlines(keepends=True)
    assert edit.range.start.character == edit.range.end.character == 0, "whole lines"
    head, tail = lines[: edit.range.start.line], lines[edit.range.end.line :]
    return "".join([*head, edit.new_text, *tail])


async def hover(client: LanguageClient, path: Path, line: int, column: int) -> str | None:
    """What the server says about a place, from 0."""
    given = types.HoverParams(
        types.TextDocumentIdentifier(path.as_uri()), types.Position(line, column)
    )
    found = await asyncio.wait_for(client.text_document_hover_async(given), WAIT_SECONDS)
    if found is None:
        return None
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


def selected(text: str, part: str) -> types.Range:
    """The range of a part of a text, as editors count that were not asked to count otherwise."""
    return types.Range(*(place(text, offset) for offset in _ends(text, part)))


def _ends(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def place(text: str, offset: int) -> types.Position:
    """The position of an offset, in units of UTF-16."""
    line = text.count("\n", 0, offset)
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return types.Position(line, len(before.encode("utf-16-le")) // 2)
