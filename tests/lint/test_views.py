"""What is answered about a program speaks of the text that it was made of, however fast one types.

Edits are made in the trees of the program that was analysed before; an older result is of no use to
anybody once the next check has begun, and an edit that was worked out for an older text takes back
what was typed since.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from dbos_build.error import OvertakenError
from dbos_build.settings import config
from dbos_lint import outline
from dbos_lint.project import EditedProject, Result
from dbos_lint.server import features, offers
from dbos_lint.server.adapter import Server
from dbos_lint.server.views import View, newest

FLOW = (
    "import time\nfrom dbos import DBOS\n\n\n"
    "@DBOS.workflow()\ndef first() -> float:\n    value = 1\n    return time.time()\n\n\n"
    "@DBOS.workflow()\ndef last() -> float:\n    return first()\n"
)
NEVER = 1_000_000
TYPED = FLOW.replace("    value = 1\n", "    value = 1\n" + "\n" * 40)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The module of a project."""
    (tmp_path / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    return tmp_path / "flow.py"


@pytest_asyncio.fixture
async def server(file: Path) -> AsyncIterator[Server]:
    """A server whose editor has the module open, and nothing to say."""
    made = features.made()
    made.pulls = True
    made.running.folders([file.parent])
    write(made, file.as_uri(), FLOW)
    yield made
    made.running.stop()


def write(server: Server, uri: str, text: str) -> None:
    """Open a buffer, or put another text into it."""
    known = server.running.documents.get(uri)
    server.running.documents.open(uri, text, 1 if known is None else (known.version or 0) + 1)
    server.running.changed()


def names(view: View) -> list[tuple[str, int]]:
    """The durable functions of a file, with their lines: a question that looks at trees."""
    found = outline.entries(view.result, view.path)
    return [(each.extent.name, each.extent.line) for each in found]


@pytest.mark.asyncio
async def test_what_was_overtaken_is_answered_about_the_newer_text(
    server: Server, file: Path
) -> None:
    tries: list[str] = []

    async def answer(view: View) -> list[tuple[str, int]]:
        tries.append(view.result.texts[view.path])
        if len(tries) == 1:
            assert await view.ask(lambda: names(view)) == [("first", 6), ("last", 12)]
            write(server, file.as_uri(), TYPED)
            await server.running.settled()
        return await view.ask(lambda: names(view))

    nothing: list[tuple[str, int]] = []
    found = await newest(server, file.as_uri(), answer, nothing)
    assert found == [("first", 6), ("last", 52)]
    assert tries == [FLOW, TYPED]
    nowhere = await newest(server, "file:///nowhere.py", answer, [("nothing", 0)])
    assert nowhere == [("nothing", 0)]


@pytest.mark.asyncio
async def test_no_edit_takes_back_what_was_typed_since(server: Server, file: Path) -> None:
    tries: list[types.WorkspaceEdit | None] = []

    async def answer(view: View) -> types.WorkspaceEdit | None:
        document = view.document()
        assert document is not None
        if not tries:
            tries.append(None)
            write(server, file.as_uri(), TYPED)
        text = view.result.texts[view.path].replace("value", "number")
        tries.append(offers.edit_of(view, document, text))
        return tries[-1]

    made = await newest(server, file.as_uri(), answer, None)
    assert made is not None
    assert made.changes is not None
    (edit,) = made.changes[file.as_uri()]
    assert (edit.range.start.line, edit.range.end.line) == (6, 7)
    assert len(tries) == 2, "the first one was not made"
    server.versions = True
    versioned = await newest(server, file.as_uri(), answer, None)
    assert versioned is not None
    assert versioned.document_changes is not None
    (changed,) = versioned.document_changes
    assert isinstance(changed, types.TextDocumentEdit)
    assert changed.text_document.version == 2


@pytest.mark.asyncio
async def test_a_file_that_is_open_under_two_addresses_is_edited_where_its_text_is(
    server: Server, file: Path
) -> None:
    other = file.as_uri().replace("flow", "%66low")
    write(server, other, TYPED)

    async def answer(view: View) -> bool:
        return view.document() is not None

    assert await newest(server, other, answer, None)
    assert await newest(server, file.as_uri(), answer, None) is False


def test_a_check_that_was_given_up_leaves_no_program_behind_that_is_taken_for_whole(
    file: Path,
) -> None:
    """It may have made its edit in the trees by then; back at the old text, they are made anew."""
    looks, given_up = NEVER, 0

    def is_overtaken() -> bool:
        nonlocal looks
        looks -= 1
        return looks < 0

    while True:
        looks = NEVER
        project = EditedProject((), config.load([file.parent]), is_overtaken)
        assert lines(project.check({"flow.py": FLOW})) == [6, 12]
        looks = given_up
        try:
            project.check({"flow.py": TYPED})
        except OvertakenError:
            looks = NEVER
            assert lines(project.check({"flow.py": FLOW})) == [6, 12], given_up
            given_up += 1
        else:
            break
    assert given_up > 1, "it is given up at each place where somebody looks"


def lines(result: Result) -> list[int]:
    """The lines of the durable functions in the module."""
    return [each.extent.line for each in outline.entries(result, "flow.py")]
