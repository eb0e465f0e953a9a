"""The language server, asked by a real client over its standard input and output."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from support.editor import (
    HELPERS,
    ORDERS,
    WAIT_SECONDS,
    actions,
    carried_out,
    checked,
    hover,
    insert,
    open_file,
    pull,
    pushed,
    replace_all,
    start,
)


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
    assert called == "**step** `charge`\n\nnot retried: what it raises, the workflow gets"
    assert await hover(client, path, 5, 3) == (
        "**queue** `orders`\n\nruns at most 3 at a time, in all processes together"
    )
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
