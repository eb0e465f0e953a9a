"""A file is typed from nothing to its end while an editor asks about any place of it.

Requests do not wait for each other, nor typing for them, as in editors. Every answer has a shape
that the protocol allows, none is an error, and at the end everything is found that `check` finds.
Places and requests are drawn with a fixed seed; what holds does not depend on how fast it goes.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import converters, types

from support.editor import checked, place
from support.language_client import LanguageClient

SERVER = [sys.executable, "-m", "dbos_build", "server"]
EXAMPLE = Path(__file__).parents[2] / "examples" / "violations"
LONGEST_CHUNK = 60
REQUESTS = ("hover", "completion", "codeAction", "codeLens", "inlayHint", "documentSymbol")
CONVERTER = converters.get_converter()


class Author:
    """Types a text into a buffer, and asks about places of what is there so far."""

    def __init__(self, client: LanguageClient, uri: str, seed: int) -> None:
        self.client, self.chance = client, random.Random(seed)
        self.file = {"uri": uri}
        self.text = ""
        self._version = 1
        self._asked: list[tuple[str, int]] = []
        item = {**self.file, "languageId": "python", "version": 1, "text": ""}
        client.tell("textDocument/didOpen", textDocument=item)

    def put(self, start: int, end: int, new: str) -> None:
        """Replace a part of the text."""
        self._version += 1
        between = {"start": self._at(start), "end": self._at(end)}
        self.client.tell(
            "textDocument/didChange",
            textDocument={**self.file, "version": self._version},
            contentChanges=[{"range": between, "text": new}],
        )
        self.text = self.text[:start] + new + self.text[end:]

    def ask_something(self) -> None:
        """Ask about some place, without waiting."""
        kind = self.chance.choice(REQUESTS)
        start, end = sorted(self.chance.randint(0, len(self.text)) for _ in range(2))
        between = {"start": self._at(start), "end": self._at(end)}
        given: dict[str, Any] = {}
        if kind in ("hover", "completion"):
            given = {"position": self._at(start)}
        elif kind == "inlayHint":
            given = {"range": between}
        elif kind == "codeAction":
            given = {"range": between, "context": {"diagnostics": []}}
        method = f"textDocument/{kind}"
        number = self.client.begin(method, textDocument=self.file, **given)
        self._asked.append((method, number))

    def look(self) -> None:
        """Wait for the answers, each of which has the shape of its kind."""
        for method, number in self._asked:
            answer = {"jsonrpc": "2.0", "id": number, "result": self.client.answer(number)}
            shape: Any = types.METHOD_TO_TYPES[method][1]
            CONVERTER.structure(answer, shape)
        self._asked.clear()

    def follow_calls(self, offset: int) -> None:
        """Ask who calls what is at a place, while somebody types above it."""
        here = {"textDocument": self.file, "position": self._at(offset)}
        items = self.client.ask("textDocument/prepareCallHierarchy", **here)
        assert items, "the place is the name of a durable function"
        for item in items:
            for way in ("incoming", "outgoing"):
                method = f"callHierarchy/{way}Calls"
                self._asked.append((method, self.client.begin(method, item=item)))
                self.put(0, 0, "\n" * 9)
        self.look()

    def _at(self, offset: int) -> dict[str, int]:
        where = place(self.text, offset)
        return {"line": where.line, "character": where.character}


@pytest.mark.parametrize("resolves", [False, True])
def test_whatever_is_asked_while_a_file_is_typed(tmp_path: Path, *, resolves: bool) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "orders" / "workflows.py"
    whole = path.read_text("utf-8").replace('"""\n', ' 🎉"""\n', 1)
    later = {"codeAction": {"resolveSupport": {"properties": ["edit"]}}} if resolves else {}
    can = {"textDocument": {"diagnostic": {}, **later}}
    here = [{"uri": tmp_path.as_uri(), "name": tmp_path.name}]
    with LanguageClient(SERVER, tmp_path) as client:
        client.ask("initialize", processId=None, capabilities=can, workspaceFolders=here)
        client.tell("initialized")
        author = Author(client, path.as_uri(), seed=11)
        while len(author.text) < len(whole):
            end = len(author.text)
            more = author.chance.randint(1, LONGEST_CHUNK)
            author.put(end, end, whole[end : end + more])
            author.ask_something()
            if author.chance.random() < 0.3:
                author.look()
        author.look()
        for name in ("def charge", "def invoice"):
            author.follow_calls(author.text.index(name) + len("def c"))
        author.put(0, len(author.text), whole)
        report = client.ask("textDocument/diagnostic", textDocument=author.file)
    path.write_text(whole, "utf-8")
    found = {(each["code"], each["range"]["start"]["line"] + 1) for each in report["items"]}
    printed = {
        (each["code"], each["line"])
        for each in checked(tmp_path)
        if str(each["path"]).endswith("workflows.py")
    }
    assert found == printed
    assert printed
