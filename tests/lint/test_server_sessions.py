"""What happens around typing: files come, go and are renamed, buffers are in no file, or no module.

One server is asked about one situation after the other, as an editor that stays open does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbos_lint.documents import Documents, path_of
from support.editor import HELPERS, ORDERS
from support.language_client import LanguageClient

SERVER = [sys.executable, "-m", "dbos_build", "server"]
CREATED, CHANGED, DELETED = 1, 2, 3
FLOW = """from dbos import DBOS
import time


@DBOS.workflow()
def flow():
    return time.time()
"""


class Editor(LanguageClient):
    """An editor that pulls, in one folder."""

    def greet(self, folder: Path) -> None:
        """Make the handshake."""
        can = {"textDocument": {"diagnostic": {}}, "workspace": {"workspaceFolders": True}}
        here = [{"uri": folder.as_uri(), "name": folder.name}]
        self.ask("initialize", processId=None, capabilities=can, workspaceFolders=here)
        self.tell("initialized")

    def open(self, uri: str, text: str) -> None:
        """Open a buffer."""
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=item)

    def close(self, uri: str) -> None:
        """Close it again."""
        self.tell("textDocument/didClose", textDocument={"uri": uri})

    def saw(self, *events: tuple[Path, int]) -> None:
        """Tell what happened to files on disk."""
        changes = [{"uri": path.as_uri(), "type": kind} for path, kind in events]
        self.tell("workspace/didChangeWatchedFiles", changes=changes)

    def codes(self, uri: str) -> list[str]:
        """What is found in a buffer."""
        answer: dict[str, Any] = self.ask("textDocument/diagnostic", textDocument={"uri": uri})
        return [each["code"] for each in answer["items"]]

    def everywhere(self) -> dict[str, list[str]]:
        """What is found in each file, by name."""
        answer: dict[str, Any] = self.ask("workspace/diagnostic", previousResultIds=[])
        return {
            each["uri"].rpartition("/")[2]: [one["code"] for one in each["items"]]
            for each in answer["items"]
        }


@pytest.fixture
def editor(shop: Path) -> Iterator[Editor]:
    """An editor with the shop open."""
    made = Editor(SERVER, shop)
    with made:
        made.greet(shop)
        yield made


def test_files_that_are_renamed_deleted_or_not_saved_yet(editor: Editor, shop: Path) -> None:
    prices, costs = shop / "prices.py", shop / "costs.py"
    editor.open(prices.as_uri(), HELPERS)
    assert editor.codes(prices.as_uri()) == ["DBS001"]
    prices.rename(costs)
    editor.close(prices.as_uri())
    editor.open(costs.as_uri(), HELPERS)
    editor.saw((prices, DELETED), (costs, CREATED))
    assert editor.everywhere() == {"costs.py": [], "orders.py": []}
    editor.open((shop / "orders.py").as_uri(), ORDERS.replace("prices", "costs"))
    assert editor.everywhere() == {"costs.py": ["DBS001"], "orders.py": []}
    costs.unlink()
    editor.saw((costs, DELETED))
    assert editor.codes(costs.as_uri()) == ["DBS001"], "the buffer is still part of the project"
    editor.close(costs.as_uri())
    assert editor.everywhere() == {"orders.py": []}
    editor.open(costs.as_uri(), HELPERS)
    assert editor.codes(costs.as_uri()) == ["DBS001"], "so is one that was never saved"
    costs.write_text(HELPERS, encoding="utf-8")
    editor.tell("textDocument/didSave", textDocument={"uri": costs.as_uri()})
    assert editor.everywhere() == {"costs.py": ["DBS001"], "orders.py": []}


def test_a_package_takes_in_what_is_not_saved_yet(editor: Editor, shop: Path) -> None:
    for name in ("__init__.py", "parts.py"):
        (shop / "store").mkdir(exist_ok=True)
        (shop / "store" / name).write_text("", encoding="utf-8")
    (shop / "orders.py").write_text(ORDERS.replace("prices", "store.fresh"), encoding="utf-8")
    editor.saw((shop / "store" / "parts.py", CREATED), (shop / "orders.py", CHANGED))
    fresh = (shop / "store" / "fresh.py").as_uri()
    editor.open(fresh, HELPERS)
    assert editor.codes(fresh) == ["DBS001"]
    lonely = (shop / "nowhere" / "flow.py").as_uri()
    editor.open(lonely, FLOW)
    assert editor.codes(lonely) == ["DBS001"], "alone, as no module stands beside it"


def test_buffers_in_no_file_are_checked_alone_and_what_is_no_module_is_not(
    editor: Editor, shop: Path
) -> None:
    editor.open("untitled:Untitled-1", FLOW)
    editor.open("untitled:Untitled-2", FLOW.replace("time.time()", "1"))
    assert editor.codes("untitled:Untitled-1") == ["DBS001"]
    assert editor.codes("untitled:Untitled-2") == []
    editor.tell("textDocument/didSave", textDocument={"uri": (shop / "orders.py").as_uri()})
    assert editor.codes("untitled:Untitled-1") == ["DBS001"], "what is saved elsewhere is no matter"
    cell = f"vscode-notebook-cell:{shop}/notes.ipynb#W{{}}sZmlsZQ%3D%3D"
    editor.open(cell.format(0), "%load_ext magic\n!ls\n")
    editor.open(cell.format(1), FLOW)
    older = f"git:{shop}/prices.py?%7B%22ref%22%3A%22HEAD%22%7D"
    editor.open(older, FLOW)
    for uri in (cell.format(0), cell.format(1), older):
        assert editor.codes(uri) == [], uri
    assert "notes.ipynb#W1sZmlsZQ%3D%3D" not in editor.everywhere()
    windows = "file:///c%3A/Users/me/shop/orders.py"
    editor.open(windows, FLOW)
    assert editor.codes(windows) == ["DBS001"]
    for nonsense in ("", "file:", "x", "file:///%00", "http://[", f"file:///{'a' * 5000}.py"):
        editor.open(nonsense, FLOW)
        editor.codes(nonsense)
    editor.open(shop.as_uri(), FLOW)
    assert editor.codes(shop.as_uri()) == ["DBS001"], "a folder is not read for a file"
    encoded = (shop / "prices.py").as_uri().replace("prices", "%70rices")
    editor.open(encoded, HELPERS)
    assert editor.codes(encoded) == ["DBS001"]


def test_a_request_that_makes_no_sense_is_answered(editor: Editor, shop: Path) -> None:
    here = {"uri": (shop / "prices.py").as_uri()}
    for place in ({"line": -1, "character": 0}, {"line": 10**12, "character": 0}, {}, "there"):
        with pytest.raises(AssertionError, match="the parameters make no sense"):
            editor.ask("textDocument/hover", textDocument=here, position=place)
    assert editor.ask("shutdown") is None
    with pytest.raises(AssertionError, match="the server is shutting down"):
        editor.ask("textDocument/hover", textDocument=here, position={"line": 0, "character": 0})


def test_buffers_that_share_a_name_are_told_apart() -> None:
    uris = ["untitled:a/x.py", "untitled:b/x.py", "inmemory://model/1", "inmemory://model/2"]
    assert len({path_of(uri) for uri in uris}) == 4
    documents = Documents()
    for uri in (*uris, "git:/x.py", "vscode-notebook-cell:/x.ipynb#1"):
        documents.open(uri, "", 1)
    assert [each.uri for each in documents.every()] == uris
