"""The language server, asked by a real client over its standard input and output."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
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


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project of two modules with one finding, which is reached through a helper."""
    folder = (tmp_path / "shöp").resolve()
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (folder / "prices.py").write_text(HELPERS, encoding="utf-8")
    (folder / "orders.py").write_text(ORDERS, encoding="utf-8")
    return folder


@pytest_lsp.fixture(config=SERVER)  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """A client whose handshake each test makes, as tests differ in what the client can do."""
    yield
    await asyncio.wait_for(lsp_client.shutdown_session(), WAIT_SECONDS)


async def start(client: LanguageClient, *folders: Path, pulls: bool, encoding: str = "") -> None:
    """Make the handshake."""
    wanted = [types.PositionEncodingKind(encoding)] if encoding else None
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=wanted),
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if pulls else None
        ),
    )
    given = types.InitializeParams(
        capabilities=capabilities,
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


@pytest.mark.asyncio
async def test_what_is_pulled_is_what_check_prints(client: LanguageClient, shop: Path) -> None:
    await start(client, shop, pulls=True)
    open_file(client, shop / "prices.py")
    (found,) = await pull(client, shop / "prices.py")
    (printed,) = checked(shop)
    assert found.message == printed["message"]
    assert found.code == printed["code"] == "DBS001"
    assert found.source == "dbos-build"
    assert found.severity == types.DiagnosticSeverity.Error
    assert (found.range.start.line + 1, found.range.start.character + 1) == (
        printed["line"],
        printed["column"],
    )
    chain = [each.message for each in found.related_information or ()]
    assert chain == ["order: price()", "price: time.time"]
    assert found.related_information is not None
    assert found.related_information[0].location.uri == (shop / "orders.py").as_uri()
    assert found.code_description is not None
    assert found.code_description.href.endswith("README.md#dbs001-wall-clock")
    assert client.diagnostics == {}, "a client that pulls is not pushed anything"


@pytest.mark.asyncio
async def test_a_client_that_cannot_pull_is_pushed_everything(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=False)
    await pushed(client)
    codes = {uri: [each.code for each in found] for uri, found in client.diagnostics.items()}
    assert codes == {(shop / "prices.py").as_uri(): ["DBS001"]}


async def pushed(client: LanguageClient) -> None:
    """Wait for the next push."""
    waiting = client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    await asyncio.wait_for(waiting, WAIT_SECONDS)


@pytest.mark.asyncio
async def test_an_unsaved_helper_changes_what_is_found_in_other_files(
    client: LanguageClient, shop: Path
) -> None:
    (shop / "prices.py").write_text("from clocks import now as price\n", encoding="utf-8")
    (shop / "clocks.py").write_text("def now() -> float:\n    return 1.0\n", encoding="utf-8")
    (shop / "tax.py").write_text(HELPERS.replace("price", "tax"), encoding="utf-8")
    await start(client, shop, pulls=True)
    for name in ("tax.py", "orders.py"):
        open_file(client, shop / name)
        assert await pull(client, shop / name) == []
    replace_all(
        client,
        shop / "orders.py",
        ORDERS.replace("prices import price", "tax import tax").replace("price()", "tax()"),
    )
    (found,) = await pull(client, shop / "tax.py")
    assert found.code == "DBS001"


@pytest.mark.asyncio
async def test_a_buffer_that_does_not_parse_keeps_what_stands_around_the_edit(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=True)
    path = shop / "prices.py"
    open_file(client, path)
    (before,) = await pull(client, path)
    insert(client, path, 1, 0, "def (\n")
    syntax, kept = await pull(client, path)
    assert (syntax.code, kept.code) == ("DBS990", "DBS001")
    assert kept.message == before.message
    assert kept.range.start.line == before.range.start.line + 1


@pytest.mark.asyncio
@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 38), ("utf-16", 36), ("utf-32", 35)])
async def test_columns_are_counted_as_the_editor_counts(
    client: LanguageClient, shop: Path, encoding: str, column: int
) -> None:
    path = shop / "prices.py"
    await start(client, shop, pulls=True, encoding=encoding)
    text = HELPERS.replace("return time", "name = '🎉'; return len(name) + time")
    open_file(client, path, text)
    (found,) = await pull(client, path)
    assert found.range.start.character == column
    insert(client, path, 5, column, "'🎉' and ")
    (moved,) = await pull(client, path)
    units = {"utf-8": 11, "utf-16": 9, "utf-32": 8}[encoding]
    assert moved.range.start.character == column + units


@pytest.mark.asyncio
async def test_every_prefix_of_a_file_can_be_typed(client: LanguageClient, shop: Path) -> None:
    await start(client, shop, pulls=True)
    path = shop / "orders.py"
    open_file(client, path, "")
    for end in range(0, len(ORDERS), 7):
        replace_all(client, path, ORDERS[:end], version=end + 2)
        await pull(client, path)
    replace_all(client, path, ORDERS, version=10_000)
    assert await pull(client, path) == []
    open_file(client, shop / "prices.py")
    assert len(await pull(client, shop / "prices.py")) == 1


@pytest.mark.asyncio
async def test_texts_that_are_no_code_do_not_end_the_server(
    client: LanguageClient, shop: Path, tmp_path: Path
) -> None:
    await start(client, shop, pulls=True)
    path = shop / "prices.py"
    open_file(client, path, "\x00\x01\ufffd" * 1000)
    assert [each.code for each in await pull(client, path)] == ["DBS990"]
    replace_all(client, path, "(" * 50_000)
    assert len(await pull(client, path)) == 1
    replace_all(client, path, "x = 1\n" * 250_000)
    assert [each.code for each in await pull(client, path)] == ["DBS991"]
    outside = tmp_path / "elsewhere" / "alone.py"
    open_file(client, outside, ORDERS.replace("price()", "__import__('time').time()"))
    assert await pull(client, outside) != []
    replace_all(client, path, HELPERS)
    assert [each.code for each in await pull(client, path)] == ["DBS001"]


async def actions(
    client: LanguageClient, path: Path, *only: str, line: int = 5
) -> list[types.CodeAction]:
    """The code actions in a line of a buffer, from 0."""
    place = types.Position(line, 0)
    given = types.CodeActionParams(
        types.TextDocumentIdentifier(path.as_uri()),
        types.Range(place, place),
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
    assert edit.range.start.character == edit.range.end.character == 0
    head, tail = lines[: edit.range.start.line], lines[edit.range.end.line :]
    return "".join([*head, edit.new_text, *tail])


@pytest.mark.asyncio
async def test_fixes_are_offered_and_what_they_make_is_clean(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=True)
    path = shop / "prices.py"
    open_file(client, path)
    fix, silence = await actions(client, path, "quickfix")
    assert fix.title == "DBS001: move the expression into a step and call that"
    assert fix.is_preferred
    (everything,) = await actions(client, path, "source.fixAll")
    fixed = carried_out(fix, HELPERS)
    assert carried_out(everything, HELPERS) == fixed
    assert "@DBOS.step()" in fixed
    replace_all(client, path, fixed)
    assert await pull(client, path) == []
    silenced = carried_out(silence, HELPERS)
    assert "# dbos: ignore[DBS001] say here why" in silenced
    replace_all(client, path, silenced)
    assert await pull(client, path) == []


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


@pytest.mark.asyncio
async def test_a_workflow_tells_its_version_and_what_it_reaches(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=True)
    path = shop / "orders.py"
    open_file(client, path)
    told = await hover(client, path, 14, 5)
    done = subprocess.run(
        [sys.executable, "-m", "dbos_build", "version", "--json"],
        cwd=shop,
        capture_output=True,
        text=True,
        check=True,
    )
    version = json.loads(done.stdout)["workflows"]["order"]["version"]
    assert told is not None
    assert f"version `{version}`" in told
    assert "steps: `charge`" in told
    assert "`price()` (orders.py:17) → `time.time` (prices.py:6)" in told
    assert "function prices.py:price" in told
    called = await hover(client, path, 16, 13)
    assert called == "**step** `charge`"
    assert await hover(client, path, 5, 3) == "**queue** `orders`\n\nconcurrency: `3`"
    assert await hover(client, path, 0, 3) is None


@pytest.mark.asyncio
async def test_configuration_is_read_again_when_it_changes(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=True)
    path, configuration = shop / "prices.py", shop / "pyproject.toml"
    open_file(client, path)
    assert len(await pull(client, path)) == 1
    changed = types.DidChangeWatchedFilesParams(
        [types.FileEvent(configuration.as_uri(), types.FileChangeType.Changed)]
    )
    for text, count in (
        ('[tool.dbos-build]\nignore = ["DBS001"]\n', 0),
        ("[tool.dbos-build\n", 0),
        ("[tool.dbos-build]\n", 1),
    ):
        configuration.write_text(text, encoding="utf-8")
        client.workspace_did_change_watched_files(changed)
        assert len(await pull(client, path)) == count


@pytest.mark.asyncio
async def test_several_folders_are_several_projects(
    client: LanguageClient, shop: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "prices.py").write_text("def price() -> float:\n    return 2.0\n", encoding="utf-8")
    (other / "orders.py").write_text(ORDERS, encoding="utf-8")
    await start(client, shop, other, pulls=True)
    asked = client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    report = await asyncio.wait_for(asked, WAIT_SECONDS)
    found = {each.uri for each in report.items if getattr(each, "items", ())}
    assert found == {(shop / "prices.py").as_uri()}
    assert len(report.items) == 4


@pytest.mark.asyncio
async def test_lens_outline_and_completion_speak_of_what_is_typed(
    client: LanguageClient, shop: Path
) -> None:
    await start(client, shop, pulls=True)
    path = shop / "orders.py"
    file = types.TextDocumentIdentifier(path.as_uri())
    open_file(client, path)
    asked = client.text_document_code_lens_async(types.CodeLensParams(file))
    (lens,) = await asyncio.wait_for(asked, WAIT_SECONDS) or ()
    assert lens.command is not None
    assert lens.command.title.endswith(" · 1 durable operation")
    assert (lens.range.start.line, lens.range.start.character) == (14, 4)
    listed = client.text_document_document_symbol_async(types.DocumentSymbolParams(file))
    symbols = await asyncio.wait_for(listed, WAIT_SECONDS) or ()
    told = [(each.name, each.detail) for each in symbols if isinstance(each, types.DocumentSymbol)]
    assert told == [("charge", "step"), ("order", "workflow")]
    assert isinstance(symbols[1], types.DocumentSymbol)
    assert [each.name for each in symbols[1].children or ()] == ["step charge"]
    for text, expected in (
        ("x = 1  # dbos: ignore[", "DBS001"),
        ("x = 1  # noqa: ", "DBS101"),
        ("DBOS.enqueue(queue_name='", "orders"),
        ("x = ", None),
    ):
        replace_all(client, path, f"{ORDERS}\n{text}")
        place = types.Position(ORDERS.count("\n") + 1, len(text))
        wanted = client.text_document_completion_async(types.CompletionParams(file, place))
        items = await asyncio.wait_for(wanted, WAIT_SECONDS)
        assert isinstance(items, list)
        labels = [each.label for each in items]
        assert (expected in labels) if expected else not labels
