"""Quick fixes in a real editor client: worked out and judged by the checker when one is taken."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from dbos_lint import actions as actions_of
from dbos_lint.workspace import Workspace
from support.editor import (
    WAIT_SECONDS,
    actions,
    carried_out,
    open_file,
    pull,
    replace_all,
    start,
)

CACHED = '''"""A fix in here would bring in another finding."""
import functools
import uuid

from dbos import DBOS


@functools.cache
def token() -> str:
    return str(uuid.uuid4())


@DBOS.workflow()
def sign() -> str:
    return token()
'''
CALLED = '''"""A fix in here would leave out an argument."""
from dbos import DBOS


@DBOS.workflow()
def work(number: int) -> int:
    return number


@DBOS.workflow()
def order() -> None:
    DBOS.start_workflow(work())
'''
DRAWN = '''"""A fix in here depends on a parameter."""
import random

from dbos import DBOS


@DBOS.workflow()
def draw(most: int) -> int:
    return random.randint(1, most)
'''


async def resolved(client: LanguageClient, action: types.CodeAction) -> types.CodeAction:
    """An action that was taken."""
    return await asyncio.wait_for(client.code_action_resolve_async(action), WAIT_SECONDS)


@pytest.fixture
def suspicious(shop: Path) -> Path:
    """The project with three more modules."""
    for name, text in (("cached.py", CACHED), ("called.py", CALLED), ("drawn.py", DRAWN)):
        (shop / name).write_text(text, encoding="utf-8")
    return shop


@pytest.mark.asyncio
async def test_a_fix_is_judged_when_it_is_taken(client: LanguageClient, suspicious: Path) -> None:
    await start(client, suspicious, pulls=True, resolves=True)
    for name, line, reason in (
        ("cached.py", 9, "not fixed: it would bring in DBS608: "),
        ("called.py", 11, "not fixed: it would bring in DBS821: "),
    ):
        path = suspicious / name
        open_file(client, path)
        fix, _ = await actions(client, path, "quickfix", line=line)
        assert fix.edit is None, "it is worked out when it is taken"
        before = [each.code for each in await pull(client, path)]
        assert (await resolved(client, fix)).edit is None
        assert client.messages[-1].message.startswith(f"dbos-build: {reason}")
        replace_all(client, path, path.read_text(encoding="utf-8") + "\n")
        after = [each.code for each in await pull(client, path)]
        assert after == before, "judging left nothing behind"
    path = suspicious / "drawn.py"
    open_file(client, path)
    fix, _ = await actions(client, path, "quickfix", line=8)
    text = carried_out(await resolved(client, fix), DRAWN)
    assert client.messages[-1].message.endswith("the arguments of the step must be serialisable")
    replace_all(client, path, text)
    assert await pull(client, path) == []
    assert (await resolved(client, fix)).edit is None
    assert "the text has changed since" in client.messages[-1].message
    uri = path.as_uri()
    for data in (None, [1], {"uri": uri}, {"uri": uri, "finding": 7}, {"uri": 1, "finding": []}):
        nothing = types.CodeAction("x", types.CodeActionKind.QuickFix, data=data)
        assert (await resolved(client, nothing)).edit is None


def found_in(workspace: Workspace, buffers: dict[Path, str]) -> list[tuple[str, str, int, str]]:
    """Everything that a check of buffers finds."""
    return [
        (each.path, each.code, each.line, each.message)
        for result in workspace.check(buffers).results.values()
        for found in result.findings.values()
        for each in found
    ]


def test_fixes_that_are_judged_between_edits_change_no_later_check(suspicious: Path) -> None:
    """Judging analyses texts that nobody has typed, with the same checker."""
    edits = {
        "cached.py": ("str(uuid.uuid4())", '"x"'),
        "called.py": ("work()", "work, 1"),
        "drawn.py": ("random.randint(1, most)", "most"),
        "prices.py": ("time.time()", "1.0"),
    }
    original = {name: (suspicious / name).read_text(encoding="utf-8") for name in edits}
    buffers = {suspicious / name: text for name, text in original.items()}
    warm, chance = Workspace((suspicious,)), random.Random(7)
    judged = 0
    for _ in range(24):
        name = chance.choice(list(edits))
        new = original[name].replace(*edits[name])
        path = suspicious / name
        buffers[path] = original[name] if buffers[path] == new else new
        assert found_in(warm, buffers) == found_in(Workspace((suspicious,)), buffers)
        done = warm.check(buffers)
        owner, relative = done.owners[path]
        result = done.results[owner]
        for finding in result.findings[relative]:
            actions_of.fixed(warm.project(owner), result, relative, finding)
            judged += 1
    assert judged > 5


@pytest.mark.asyncio
async def test_an_editor_that_cannot_ask_later_is_offered_what_can_be_made(
    client: LanguageClient, suspicious: Path
) -> None:
    await start(client, suspicious, pulls=True)
    open_file(client, suspicious / "cached.py")
    (silence,) = await actions(client, suspicious / "cached.py", "quickfix", line=9)
    assert silence.title == "DBS104: silence it in this line"
    open_file(client, suspicious / "drawn.py")
    fix, _ = await actions(client, suspicious / "drawn.py", "quickfix", line=8)
    assert fix.edit is not None
    assert fix.title.endswith("(may change results)")
    assert not fix.is_preferred
